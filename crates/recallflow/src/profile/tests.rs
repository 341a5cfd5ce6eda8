use std::collections::BTreeMap;
use std::fs;

use super::file::write_private;
use super::*;

fn sample() -> Profiles {
    let mut profiles = Profiles::default();
    let mut main = Profile::new("key-of-main", "canary-secret");
    main.base_url = Some("https://api.laaffic.com/v3".to_owned());
    main.timezone = Some("America/Argentina/Buenos_Aires".to_owned());
    profiles.insert("main", main).unwrap();
    profiles.insert("other", Profile::with_secret_command("key-2", ["echo", " printed "])).unwrap();
    profiles
}

/// Reads a text as a file of profiles, and returns the error.
fn refusal(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.toml");
    write_private(&path, text.as_bytes()).unwrap();
    Profiles::load_from(&path).unwrap_err().to_string()
}

#[test]
fn profiles_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder").join("profiles.toml");
    assert_eq!(Profiles::load_from(&path).unwrap(), Profiles::default());
    for profiles in [sample(), Profiles::default()] {
        profiles.save_to(&path).unwrap();
        assert_eq!(Profiles::load_from(&path).unwrap(), profiles);
    }
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "the temporary file is renamed");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused_and_written_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.toml");
    sample().save_to(&path).unwrap();
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    for wrong in [0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(wrong)).unwrap();
        let message = Profiles::load_from(&path).unwrap_err().to_string();
        assert!(message.contains(&format!("got {wrong:o}")) && message.contains("run `chmod 600`"), "{message}");
    }
    sample().save_to(&path).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn an_error_names_the_place_and_shows_no_secret() {
    let account = "[profiles.main]\nkey = \"canary\"\n";
    for (rest, expected) in [
        ("secret = \"canary\"\nsecrets = \"canary\"\n", "line 4: unknown field `secrets`"),
        ("secret = canary\n", "line 3"),
        ("secret = \"canary\n", "line 3"),
        ("secret_command = \"canary\"\n", "line 3: invalid type"),
        ("secret = [\"canary\"]\n", "line 3: invalid type"),
        ("secret = \"canary\"\nsecret_command = [\"canary\"]\n", "profile `main`: expected either `secret`"),
        ("", "profile `main`: expected either `secret`"),
        ("secret = \"\"\n", "profile `main`: `secret` is empty"),
        ("secret_command = []\n", "profile `main`: `secret_command` is empty"),
        ("secret = \"canary\"\ntimezone = \"canary canary\"\n", "profile `main`: expected the IANA name"),
    ] {
        let message = refusal(&format!("{account}{rest}"));
        assert!(message.contains(expected) && !message.contains("canary"), "{rest}: {message}");
    }
    assert!(refusal("[profiles.\"a b\"]\nkey = \"k\"\nsecret = \"s\"\n").contains("for the name of a profile"));
    let debug = format!("{:?}", sample());
    assert!(debug.contains("laaffic") && !debug.contains("canary") && !debug.contains("key-of"), "{debug}");
}

#[test]
fn a_time_zone_is_checked_by_its_form() {
    for (zone, fits) in [
        ("UTC", true),
        ("Asia/Shanghai", true),
        ("Etc/GMT+8", true),
        ("America/Port-au-Prince", true),
        ("", false),
        ("+08:00", false),
        ("Asia/", false),
        ("/etc/localtime", false),
        ("../zone", false),
        ("Asia Shanghai", false),
    ] {
        let mut profile = Profile::new("key", "secret");
        profile.timezone = Some(zone.to_owned());
        assert_eq!(Profiles::default().insert("main", profile).is_ok(), fits, "{zone}");
    }
}

#[test]
fn a_profile_is_found_by_its_name_the_environment_or_the_default() {
    let mut profiles = sample();
    let found = |profiles: &Profiles, variable: &str, name: Option<&str>| {
        let variables = BTreeMap::from([(NAME_VARIABLE.to_owned(), variable.to_owned())]);
        let found = profiles.find_in(&Environment::Given(variables), name);
        found.map(|(name, _)| name.to_owned()).map_err(|error| error.to_string())
    };
    assert_eq!(found(&profiles, "other", Some("main")).unwrap(), "main");
    assert_eq!(found(&profiles, "other", None).unwrap(), "other");
    assert_eq!(found(&profiles, "", None).unwrap(), "main");
    profiles.set_default("other").unwrap();
    assert_eq!(found(&profiles, "", None).unwrap(), "other");

    let missing = found(&profiles, "third", None).unwrap_err();
    assert_eq!(missing, "there is no profile `third` (from `RECALLFLOW_PROFILE`); known: `main`, `other`");
    assert!(profiles.set_default("third").is_err() && profiles.remove("third").is_err());
    profiles.insert("third", Profile::new("key", "secret")).unwrap();
    profiles.remove("other").unwrap();
    assert_eq!(
        found(&profiles, "", None).unwrap_err(),
        "no profile is chosen; name one, or set a default; known: `main`, `third`"
    );
    profiles.remove("third").unwrap();
    assert_eq!(found(&profiles, "", None).unwrap(), "main", "the only one");
    profiles.remove("main").unwrap();
    assert!(found(&profiles, "", None).unwrap_err().contains("add one"));
}

#[cfg(unix)]
#[test]
fn a_program_prints_the_secret() {
    let run = |command: &[&str]| Secret::Command(command.iter().map(|&word| word.to_owned()).collect()).read();
    assert_eq!(run(&["echo", " printed "]).unwrap(), "printed");
    for (command, expected) in [
        (&["false", "canary"] as &[&str], "ended with exit status: 1"),
        (&["true", "canary"], "printed nothing"),
        (&["recallflow-no-such-program", "canary"], "could not start"),
        (&["sh", "-c", "printf '\\377canary'"], "did not print text"),
    ] {
        let message = run(command).unwrap_err().to_string();
        assert!(message.contains(expected) && !message.contains("canary"), "{message}");
    }
}

#[test]
fn a_builder_has_the_address_of_the_profile_unless_another_is_set() {
    let profiles = sample();
    let (_, main) = profiles.find("main").unwrap();
    assert_eq!(main.builder().unwrap().options.base_url.as_deref(), Some("https://api.laaffic.com/v3"));
    let (_, other) = profiles.find("other").unwrap();
    assert_eq!(other.builder().unwrap().options.base_url.as_deref(), Some(ITNIO));
    assert_eq!(main.builder().unwrap().base_url(crate::ONBUKA).options.base_url.as_deref(), Some(crate::ONBUKA));
}

#[test]
fn a_builder_reads_the_file_of_its_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.toml");
    sample().save_to(&path).unwrap();
    let variables = BTreeMap::from([("RECALLFLOW_PROFILES".to_owned(), path.to_str().unwrap().to_owned())]);
    let build = |name| ClientBuilder::from_profile_in(Environment::Given(variables.clone()), name);
    assert_eq!(build(Some("main")).unwrap().options.base_url.as_deref(), Some("https://api.laaffic.com/v3"));
    let message = build(Some("third")).unwrap_err().to_string();
    assert!(message.contains("there is no profile `third`"), "{message}");
}

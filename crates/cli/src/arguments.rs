//! The arguments of the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::flow::fields::Assignments;
use crate::output::Format;
use crate::selection::SpanArguments;
use crate::tasks::TaskCommand;

/// Recall flows, group-call tasks and accounts of the ITNIO TECH, LAAFFIC and onbuka voice API
#[derive(Parser)]
#[command(name = "recallflow", version, disable_help_subcommand = true, max_term_width = 100)]
#[command(after_help = "Try it without an account: recallflow sandbox")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options of every command.
#[derive(Args)]
pub(crate) struct Global {
    /// Account to use, by its name in `recallflow profile list`
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// table, json, jsonl or csv; if not given, a table on a terminal and JSON Lines in a pipe
    #[arg(short, long, global = true, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) output: Option<Format>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List, show, edit, cancel and await recall flows
    #[command(subcommand)]
    Flow(FlowCommand),
    /// Change many flows by a table: plan first, then apply
    #[command(subcommand)]
    Bulk(BulkCommand),
    /// List, sum, export, report and watch group-call tasks
    #[command(subcommand)]
    Tasks(TaskCommand),
    /// Check the text of a hang-up SMS
    #[command(subcommand)]
    Sms(SmsCommand),
    /// Check voice files before they are uploaded
    #[command(subcommand)]
    Audio(AudioCommand),
    /// Call any endpoint of the platform
    Call(CallArguments),
    /// Print the JSON Schema of all requests and responses, or of one
    Schema {
        /// Name of a request, a response or another type
        name: Option<String>,
    },
    /// Name accounts, so that other commands can use them
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Print which account and service are used
    Whoami,
    /// Check settings, connection, clock and account; the output can be sent to support
    Doctor,
    /// Serve a local copy of the service, to try everything without an account
    #[command(disable_help_flag = true)]
    Sandbox {
        /// Options of the sandbox; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
        arguments: Vec<OsString>,
    },
    /// Print completions for a shell
    Completions {
        /// Shell to print them for
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Subcommand)]
pub(crate) enum FlowCommand {
    /// List the flows in a time span
    List {
        #[command(flatten)]
        span: SpanArguments,
        /// Only flows whose parent task has this text in its name
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// Only flows with one of these states, separated by commas
        #[arg(long, value_name = "STATES", value_delimiter = ',')]
        status: Vec<String>,
        /// Number of flows at most
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
    },
    /// Show a flow and its nodes
    Show {
        /// Key of the flow
        key: i64,
    },
    /// Print a flow as TOML, to be edited and sent with `flow edit --file`
    Pull {
        /// Key of the flow
        key: i64,
    },
    /// Compare a flow with a file
    Diff {
        /// Key of the flow
        key: i64,
        /// TOML or JSON file
        file: PathBuf,
    },
    /// Check a file by the rules of the service, without sending anything
    Validate {
        /// TOML or JSON file
        file: PathBuf,
    },
    /// Change a pending flow, after showing the difference
    Edit(EditArguments),
    /// Cancel a flow, or one of its nodes and all later ones
    Cancel {
        /// Key of the flow, or what `--scope` says
        key: i64,
        /// What the key means
        #[arg(long, value_enum, default_value_t = Scope::Flow)]
        scope: Scope,
        /// Cancel without asking
        #[arg(long)]
        yes: bool,
    },
    /// Wait until a flow has a state
    Wait {
        /// Key of the flow
        key: i64,
        /// State to wait for
        #[arg(long, value_name = "STATE", default_value = "completed")]
        until: String,
        /// Time to wait, such as 90s, 30m or 2h
        #[arg(long, value_name = "TIME", default_value = "2h", value_parser = crate::selection::parse_duration)]
        timeout: std::time::Duration,
    },
}

#[derive(Args)]
pub(crate) struct EditArguments {
    /// Key of the flow
    pub(crate) key: i64,
    #[command(flatten)]
    pub(crate) assignments: Assignments,
    /// Take the flow from a TOML or JSON file
    #[arg(long, value_name = "FILE", conflicts_with = "editor")]
    pub(crate) file: Option<PathBuf>,
    /// Edit the flow in $VISUAL or $EDITOR
    #[arg(long)]
    pub(crate) editor: bool,
    #[command(flatten)]
    pub(crate) sending: Sending,
}

/// Whether and how an edit is sent.
#[derive(Args)]
pub(crate) struct Sending {
    /// Show the difference, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Send without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Read the flow back, and fail if it is not as sent
    #[arg(long)]
    pub(crate) verify: bool,
}

/// What is canceled.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Scope {
    /// The flow with this key
    Flow,
    /// The flow of the parent task with this ID
    ParentTask,
    /// The node with this key, and all later ones of its flow
    Node,
}

#[derive(Subcommand)]
pub(crate) enum BulkCommand {
    /// Read every flow, check every change, show the differences and write a plan; sends no change
    Plan {
        /// CSV file with the column keyId and one for each field to change, such as recallInterval, smsContent (of the
        /// nodes that have one) or node1.text
        changes: PathBuf,
        /// File for the plan
        #[arg(default_value = "plan.json")]
        plan: PathBuf,
    },
    /// Send a plan; run it again after an interruption or failures
    Apply(ApplyArguments),
}

#[derive(Args)]
pub(crate) struct ApplyArguments {
    /// File of the plan
    pub(crate) plan: PathBuf,
    /// Flows at most in a time, such as 2/s or 30/m
    #[arg(long, value_name = "RATE", value_parser = crate::selection::parse_rate)]
    pub(crate) max_rate: Option<f64>,
    /// Stop after this many flows that were not changed
    #[arg(long, value_name = "N")]
    pub(crate) stop_after: Option<usize>,
    /// Send without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Subcommand)]
pub(crate) enum SmsCommand {
    /// Show the length and parts of a text, its variables, and what is wrong with it
    Check {
        /// Text, or @FILE
        text: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum AudioCommand {
    /// Show kind, size and length of files, and what is wrong with them
    Check {
        /// Voice files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

#[derive(Args)]
pub(crate) struct CallArguments {
    /// Path below the base URL, such as voice/balance
    pub(crate) path: String,
    /// Body as JSON, @FILE, or - for standard input
    #[arg(default_value = "{}")]
    pub(crate) body: String,
    /// Whether the endpoint only reads and may be called again, or changes something
    #[arg(long, value_enum)]
    pub(crate) kind: Kind,
    /// Call an update without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The kind of an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// It only reads
    Query,
    /// It changes something
    Update,
}

#[derive(Subcommand)]
pub(crate) enum ProfileCommand {
    /// Add or replace an account; the secret is asked for
    Add(AddProfile),
    /// List the accounts
    List,
    /// Use an account where no other is named
    Use {
        /// Name of the profile
        name: String,
    },
    /// Remove an account
    Remove {
        /// Name of the profile
        name: String,
    },
}

#[derive(Args)]
pub(crate) struct AddProfile {
    /// Name of the profile
    pub(crate) name: String,
    /// API key
    #[arg(long)]
    pub(crate) key: String,
    /// Program that prints the secret, with its arguments; without it, the secret is asked for or read from standard input
    #[arg(long, value_name = "COMMAND", num_args = 1.., allow_hyphen_values = true)]
    pub(crate) secret_command: Vec<String>,
    /// URL of the service, or itnio, laaffic or onbuka
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Time zone of the service's times, such as Asia/Shanghai
    #[arg(long, value_name = "ZONE")]
    pub(crate) timezone: Option<String>,
}

pub(crate) struct BaseUrl; impl BaseUrl { pub(crate) fn parse(_: &str, _: bool) -> Result<Self,String> { Ok(Self) } }

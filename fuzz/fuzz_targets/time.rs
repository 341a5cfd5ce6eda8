#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| recallflow_fuzz::time(data));

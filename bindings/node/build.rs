//! Tells the linker what a module for Node needs.

fn main() {
    napi_build::setup();
}

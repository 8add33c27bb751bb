// Cargo wants a target; the firmware takes no Rust code.

//! The MCP endpoint: its protocol, its tools, and that a tool does what the
//! route does which it stands for.

mod parity;
mod protocol;
mod tools;

//! What is deployed: that the template and its roles say what the code does, and
//! that the first calls of its reader work.

mod first_minute;
mod roles;
mod template;

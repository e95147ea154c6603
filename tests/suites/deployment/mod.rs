//! What is deployed: that the template says what the code does, and that the
//! first calls of its reader work.

mod first_minute;
mod template;

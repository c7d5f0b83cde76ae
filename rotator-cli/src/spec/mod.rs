//! The specification that the binary carries.

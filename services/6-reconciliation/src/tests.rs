//! What is found in histories, day by day.

mod classes;
mod faults;
mod lapses;
mod properties;
mod undecided;
mod world;

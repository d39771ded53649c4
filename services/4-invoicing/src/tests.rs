//! What the stage does to an ERP, day by day.

mod monthly;
mod permutations;
mod standing;
mod world;

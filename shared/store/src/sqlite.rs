//! The store in one SQLite file a stage.

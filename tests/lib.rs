//! Scenario, conformance and architecture tests of the whole pipeline.

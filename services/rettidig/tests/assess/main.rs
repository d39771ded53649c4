//! `rettidig assess`, by the binary as a user starts it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod answers;
mod childcare;
mod contract;
mod dry_run;
mod housing;
mod population;
mod refusals;

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

const DAYCARE: &str = "scheme: dk-daycare
month: 2015-03
yearly_income: \"250000\"
single_provider: false
children_at_home: 1
places:
  - {child: a, monthly_rate: \"3483\", gross_cost: \"13932\", treatment: false, social_percent: \"0\"}
";
const PLACEMENT: &str = r#"{"scheme": "dk-placement", "year": 2024, "income_base": "400000"}"#;
const REPAYMENT: &str =
    "scheme: dk-cash-repayment\non: 2026-02-01\nnet_yearly_income: 250000\nprovider: false\n";

const REPAYMENT_JSON: &str = r#"{"scheme": "dk-cash-repayment", "on": "2026-02-01", "net_yearly_income": "250000", "provider": false}"#;

const HOUSING: &str = "scheme: dk-temporary-housing
month: 2023-05
paragraph: \"110\"
days: 31
income: true
decision_communicated_on: 2023-04-20
decided_daily_rate: null
";
const CHILDCARE: &str = "scheme: se-childcare
month: 2024-03
monthly_income: \"30000\"
children:
  - {id: a, born: 2022-05-01, care: preschool}
";

/// A folder with cases, and the command beside it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn assess(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rettidig"))
            .arg("assess")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    fn answer(&self, name: &str, text: &str) -> Value {
        self.file(name, text);
        let output = self.assess(&[name]);
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The faults of a case, as they are told, sorted.
    fn faults(&self, name: &str, text: &str) -> Vec<String> {
        self.file(name, text);
        let output = self.assess(&[name]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
        let mut faults: Vec<String> = stderr(&output).lines().skip(1).map(str::to_owned).collect();
        faults.sort();
        faults
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

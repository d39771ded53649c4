//! What the world does to an installation, step by step.

use super::days;
use super::given::Given;
use domain::Day;

/// What the world does next; then the stages come to rest.
pub enum Step {
    /// The ERP's day comes.
    Day(Day),
    /// Commands of the binary, one after the other.
    Commands(Vec<Vec<String>>),
}

/// The same days as in `live_through`.
pub fn steps(given: &Given) -> Vec<Step> {
    let mut folders = intake::days(&given.input).unwrap().into_iter().peekable();
    let mut steps = Vec::new();
    for day in days(given.months) {
        steps.push(Step::Day(day));
        let date = day.to_string();
        let mut takes = Vec::new();
        while let Some((_, folder)) = folders.next_if(|(of, _)| of.unwrap() <= day) {
            takes.push(["take", &folder.display().to_string(), "--date", &date].map(str::to_owned).into());
        }
        steps.push(Step::Commands(takes));
        for phase in ["opened", "closing", "closed"] {
            let tick = ["tick", "--date", &date, "--phase", phase].map(str::to_owned).into();
            steps.push(Step::Commands(vec![tick]));
        }
    }
    steps
}

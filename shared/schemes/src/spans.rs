//! The days on which something is known.

use domain::Day;
use std::fmt;

/// Spans of days in order, each with its first and its last day (`None`: without end). Neighbours are one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<(Day, Option<Day>)>);

impl FromIterator<(Day, Option<Day>)> for Spans {
    fn from_iter<T: IntoIterator<Item = (Day, Option<Day>)>>(spans: T) -> Self {
        let mut joined: Vec<(Day, Option<Day>)> = Vec::new();
        for (from, to) in spans {
            match joined.last_mut() {
                Some((_, end)) if end.is_some_and(|end| end.succ_opt() == Some(from)) => *end = to,
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }
}

impl Spans {
    /// The spans with a language's words for "from", "to" and "no day".
    pub fn in_words(&self, [since, until, none]: [&str; 3]) -> String {
        let span = |(from, to): &(Day, Option<Day>)| match to {
            Some(to) => format!("{from} {until} {to}"),
            None => format!("{since} {from}"),
        };
        let spans: Vec<String> = self.0.iter().map(span).collect();
        if spans.is_empty() { none.to_owned() } else { spans.join(", ") }
    }
}

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(["from", "to", "no day"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_span_and_gaps_part_them() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let spans: Spans = [
            (day("2013-01-01"), Some(day("2013-12-31"))),
            (day("2014-01-01"), Some(day("2015-12-31"))),
            (day("2017-01-01"), None),
        ]
        .into_iter()
        .collect();
        assert_eq!(spans.to_string(), "2013-01-01 to 2015-12-31, from 2017-01-01");
        let swedish = spans.in_words(["från", "till", "ingen dag"]);
        assert_eq!(swedish, "2013-01-01 till 2015-12-31, från 2017-01-01");
        assert_eq!(Spans::default().to_string(), "no day");
    }
}

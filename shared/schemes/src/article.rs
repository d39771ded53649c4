//! An article of the law, dated: what a letter and a trace cite was in force on their day.

use chrono::Datelike;
use domain::Day;

/// Year, month and day.
type Date = (i32, u32, u32);

/// What is cited for a rule. An order is cited from the first day on which a source shows it in force. Most sources give its own
/// day only: it is cited from the 1 January after, or the one after that where few days lie between. On other days the act
/// that it rests on is cited alone.
#[derive(Debug, Clone, Copy)]
pub struct Article {
    act: &'static str,
    rows: &'static [(Date, Date, &'static str)],
}

/// The last day of what has not been repealed.
pub(crate) const OPEN: Date = (9999, 12, 31);

impl Article {
    /// The act, and what is cited in its place: each from a day to a day, both included.
    pub(crate) const fn dated(act: &'static str, rows: &'static [(Date, Date, &'static str)]) -> Self {
        Self { act, rows }
    }

    /// What is cited on a day.
    pub fn on(&self, day: Day) -> &'static str {
        let day = (day.year(), day.month(), day.day());
        let row = self.rows.iter().find(|(from, to, _)| *from <= day && day <= *to);
        row.map_or(self.act, |(_, _, text)| text)
    }

    /// Whether every row is before the next, and names no order that is not older than it.
    #[cfg(test)]
    pub(crate) fn is_sound(&self) -> bool {
        let in_order = self.rows.windows(2).all(|pair| pair[0].1 < pair[1].0);
        let existed =
            |row: &(Date, Date, &str)| row.0 <= row.1 && tests::names_only_what_existed(row.2, row.0);
        in_order && self.rows.iter().all(existed) && tests::names_only_what_existed(self.act, (1, 1, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameters, dk_daycare, dk_placement, dk_temporary_housing};

    /// The days of the orders that a text names, `BEK 585 af 24/05/2023`; of an order of a year its last day.
    fn days_of_orders(text: &str) -> Vec<Date> {
        let words: Vec<&str> = text.split([' ', ';', ')']).filter(|word| !word.is_empty()).collect();
        let after_af = words.windows(2).filter(|pair| pair[0] == "af").map(|pair| pair[1]);
        let numbers = |text: &str| -> Option<Vec<u32>> { text.split('/').map(|n| n.parse().ok()).collect() };
        let date = |numbers: Vec<u32>| match numbers[..] {
            [day, month, year] => Some((i32::try_from(year).ok()?, month, day)),
            [year] => Some((i32::try_from(year).ok()?, 12, 31)),
            _ => None,
        };
        after_af.filter_map(numbers).filter_map(date).collect()
    }

    pub(super) fn names_only_what_existed(text: &str, from: Date) -> bool {
        days_of_orders(text).iter().all(|day| *day < from)
    }

    #[test]
    fn the_row_of_the_day_is_cited_and_the_act_where_there_is_none() {
        let article = Article::dated(
            "loven",
            &[
                ((2020, 1, 1), (2020, 12, 31), "BEK 1 af 01/06/2019"),
                ((2022, 1, 1), OPEN, "BEK 2 af 01/06/2021"),
            ],
        );
        let on = |day: &str| article.on(day.parse().unwrap());
        assert!(article.is_sound());
        assert_eq!([on("2019-12-31"), on("2021-01-01"), on("2021-12-31")], ["loven"; 3]);
        assert_eq!([on("2020-01-01"), on("2020-12-31")], ["BEK 1 af 01/06/2019"; 2]);
        assert_eq!([on("2022-01-01"), on("2200-01-01")], ["BEK 2 af 01/06/2021"; 2]);
        let too_early = Article::dated("loven", &[((2019, 1, 1), OPEN, "BEK 1 af 01/06/2019")]);
        assert!(!too_early.is_sound());
    }

    #[test]
    fn no_value_names_an_order_that_is_younger_than_its_first_day() {
        let of_all: [Parameters; 4] = [
            Parameters::load(include_str!("../parameters/dk-cash-repayment.yaml")).unwrap(),
            dk_daycare::parameters().unwrap(),
            dk_placement::parameters().unwrap(),
            dk_temporary_housing::parameters().unwrap(),
        ];
        for value in of_all.iter().flat_map(Parameters::iter) {
            let from = (value.valid_from.year(), value.valid_from.month(), value.valid_from.day());
            assert!(names_only_what_existed(&value.article, from), "{}: {}", value.name, value.article);
        }
    }
}

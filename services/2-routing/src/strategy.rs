//! The advis strategy (*advisstrategi*): a versioned configuration file.

use domain::Day;
use messages::{ClosedBy, Role};
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::BTreeSet;

/// All versions, the earliest first.
#[derive(Debug, Clone)]
pub struct Strategy {
    versions: Vec<Version>,
}

/// Why a strategy is refused.
#[derive(Debug, thiserror::Error)]
pub enum StrategyError {
    /// Not the expected YAML.
    #[error("the advis strategy cannot be read: {0}")]
    Unreadable(String),
    /// The file holds no version.
    #[error("the advis strategy holds no version")]
    Empty,
    /// Two versions begin on the same day, or a later one stands before an earlier one, or one name is used twice.
    #[error(
        "advis strategy {0}: versions stand in the order of valid_from, each with a day and a name of its own"
    )]
    Order(String),
    /// One code in two events.
    #[error("advis strategy {version}: code {code} stands in two events")]
    CodeTwice {
        /// Which version.
        version: String,
        /// Which code.
        code: String,
    },
    /// A notice needs its deadline and its owner.
    #[error(
        "advis strategy {version}: {event_type} raises a notice and needs deadline_days (1-366) and owner"
    )]
    NoDeadline {
        /// Which version.
        version: String,
        /// Which event.
        event_type: String,
    },
    /// Somebody has to close a notice.
    #[error(
        "advis strategy {version}: {event_type} raises a notice and needs closed_by: assessment, single_status or staff"
    )]
    NobodyCloses {
        /// Which version.
        version: String,
        /// Which event.
        event_type: String,
    },
    /// Income always reaches the case.
    #[error(
        "advis strategy {version}: {event_type}: the months are recalculated from it, so follow is notice or fact"
    )]
    IncomeStopped {
        /// Which version.
        version: String,
        /// Which event.
        event_type: String,
    },
    /// A threshold that is no decimal of zero or more.
    #[error(
        "advis strategy {version}: {event_type}: threshold_kr_per_year is a decimal text of zero or more"
    )]
    Threshold {
        /// Which version.
        version: String,
        /// Which event.
        event_type: String,
    },
}

/// One version of the strategy.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its name, which notices carry.
    pub version: String,
    valid_from: Day,
    unknown_codes: UnknownCodes,
    population: Vec<PopulationRule>,
    /// An adult moves to a followed address.
    pub arrival: Rule,
    /// Income events.
    pub income: IncomeRules,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnknownCodes {
    follow: Follow,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PopulationRule {
    event_type: String,
    codes: BTreeSet<String>,
    roles: BTreeSet<Role>,
    follow: Follow,
    deadline_days: Option<u32>,
    owner: Option<String>,
    closed_by: Option<ClosedBy>,
}

/// What happens with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// Fact and notice.
    Notice,
    /// Fact only.
    Fact,
    /// Nothing.
    No,
}

/// What happens with an event of a kind that is not told by codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name.
    pub event_type: String,
    /// What happens.
    pub follow: Follow,
    deadline_days: Option<u32>,
    owner: Option<String>,
    threshold_kr_per_year: Option<String>,
}

/// The three income events of the register (*start af indtægt, ændring af indtægt, ny udbetaler*).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomeRules {
    /// Income after none.
    pub start: Rule,
    /// Another income than the month before.
    pub change: Rule,
    /// An employer not seen before.
    pub new_payer: Rule,
}

/// A notice that the strategy raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised<'a> {
    /// The event type.
    pub event_type: &'a str,
    /// Days from the register's day to the deadline.
    pub deadline_days: u32,
    /// The owning unit.
    pub owner: &'a str,
    /// Who closes it.
    pub closed_by: ClosedBy,
}

/// What a case hears of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handling<'a> {
    /// The fact and a notice.
    Notice(Raised<'a>),
    /// The fact.
    Fact,
    /// Nothing.
    Stop,
}

impl Strategy {
    /// The strategy this project comes with.
    pub fn built_in() -> Result<Self, StrategyError> {
        Self::load(include_str!("../data/advis-strategy.yaml"))
    }

    /// Reads and checks a strategy file.
    pub fn load(yaml: &str) -> Result<Self, StrategyError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            versions: Vec<Version>,
        }
        let file: File =
            serde_saphyr::from_str(yaml).map_err(|error| StrategyError::Unreadable(error.to_string()))?;
        if file.versions.is_empty() {
            return Err(StrategyError::Empty);
        }
        let mut names = BTreeSet::new();
        let mut before = None;
        for version in &file.versions {
            let in_order = before.is_none_or(|day| day < version.valid_from);
            if !in_order || !names.insert(&version.version) {
                return Err(StrategyError::Order(version.version.clone()));
            }
            before = Some(version.valid_from);
            version.check()?;
        }
        Ok(Self { versions: file.versions })
    }

    /// Every event code of the population register that a version names.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        let rules = self.versions.iter().flat_map(|version| &version.population);
        rules.flat_map(|rule| &rule.codes).map(String::as_str)
    }

    /// The version in force on a day; the first one before any is.
    pub fn on(&self, day: Day) -> &Version {
        let later = self.versions.iter().rev().find(|version| version.valid_from <= day);
        later.unwrap_or(&self.versions[0])
    }
}

impl Version {
    /// What a follower in this role hears of a population event.
    pub fn population(&self, code: &str, role: Role) -> Handling<'_> {
        match self.population.iter().find(|rule| rule.codes.contains(code)) {
            Some(rule) if !rule.roles.contains(&role) => Handling::Stop,
            Some(PopulationRule { follow, event_type, deadline_days, owner, closed_by, .. }) => {
                handling(*follow, event_type, (*deadline_days, owner.as_deref(), *closed_by))
            }
            None => handling(self.unknown_codes.follow, "unknown_code", (None, None, None)),
        }
    }

    fn check(&self) -> Result<(), StrategyError> {
        let mut codes = BTreeSet::new();
        for rule in &self.population {
            if let Some(code) = rule.codes.iter().find(|code| !codes.insert(code.as_str())) {
                return Err(StrategyError::CodeTwice { version: self.version.clone(), code: code.clone() });
            }
            self.check_notice(&rule.event_type, rule.follow, rule.deadline_days, rule.owner.as_deref())?;
            if rule.follow == Follow::Notice && rule.closed_by.is_none() {
                let (version, event_type) = (self.version.clone(), rule.event_type.clone());
                return Err(StrategyError::NobodyCloses { version, event_type });
            }
        }
        for rule in [&self.arrival, &self.income.start, &self.income.change, &self.income.new_payer] {
            self.check_notice(&rule.event_type, rule.follow, rule.deadline_days, rule.owner.as_deref())?;
        }
        for rule in [&self.income.start, &self.income.change, &self.income.new_payer] {
            if rule.follow == Follow::No {
                let (version, event_type) = (self.version.clone(), rule.event_type.clone());
                return Err(StrategyError::IncomeStopped { version, event_type });
            }
            if rule.threshold().is_none_or(|threshold| threshold.is_sign_negative()) {
                return Err(StrategyError::Threshold {
                    version: self.version.clone(),
                    event_type: rule.event_type.clone(),
                });
            }
        }
        Ok(())
    }

    fn check_notice(
        &self,
        event_type: &str,
        follow: Follow,
        days: Option<u32>,
        owner: Option<&str>,
    ) -> Result<(), StrategyError> {
        let complete = days.is_some_and(|days| (1..=366).contains(&days))
            && owner.is_some_and(|owner| !owner.trim().is_empty());
        if follow == Follow::Notice && !complete {
            return Err(StrategyError::NoDeadline {
                version: self.version.clone(),
                event_type: event_type.to_owned(),
            });
        }
        Ok(())
    }
}

impl Rule {
    /// What the case hears.
    pub fn handling(&self) -> Handling<'_> {
        let closed_by = Some(ClosedBy::Assessment);
        handling(self.follow, &self.event_type, (self.deadline_days, self.owner.as_deref(), closed_by))
    }

    /// Whether a difference in kroner a year reaches the threshold.
    pub fn reaches(&self, kroner_per_year: Decimal) -> bool {
        self.threshold().is_some_and(|threshold| kroner_per_year >= threshold)
    }

    fn threshold(&self) -> Option<Decimal> {
        self.threshold_kr_per_year.as_deref().and_then(|text| Decimal::from_str_exact(text).ok())
    }
}

fn handling<'a>(
    follow: Follow,
    event_type: &'a str,
    (days, owner, closed_by): (Option<u32>, Option<&'a str>, Option<ClosedBy>),
) -> Handling<'a> {
    match (follow, days, owner, closed_by) {
        (Follow::Notice, Some(deadline_days), Some(owner), Some(closed_by)) => {
            Handling::Notice(Raised { event_type, deadline_days, owner, closed_by })
        }
        (Follow::No, ..) => Handling::Stop,
        _ => Handling::Fact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../data/advis-strategy.yaml");

    fn day() -> Day {
        Day::from_ymd_opt(2023, 4, 1).unwrap()
    }

    #[test]
    fn the_thresholds_are_those_of_the_seed() {
        let strategy = Strategy::built_in().unwrap();
        let income = &strategy.on(day()).income;
        assert!(income.start.reaches(150_000.into()) && !income.start.reaches(149_999.into()));
        assert!(income.change.reaches(48_000.into()) && !income.change.reaches(47_999.into()));
        assert!(income.new_payer.reaches(0.into()));
    }

    #[test]
    fn an_unknown_code_passes_as_a_fact_and_a_role_outside_the_rule_stops() {
        let strategy = Strategy::built_in().unwrap();
        assert_eq!(strategy.on(day()).population("A36", Role::Payer), Handling::Fact);
        assert_eq!(strategy.on(day()).population("A24", Role::Child), Handling::Stop);
        assert!(matches!(strategy.on(day()).population("A21", Role::Child), Handling::Notice(_)));
    }

    #[test]
    fn the_version_in_force_on_the_day_counts_and_versions_out_of_order_are_refused() {
        let second = |valid_from: &str, name: &str| {
            let (_, first) = TEXT.split_once("versions:\n").unwrap();
            let again = first.replace("2016-1", name).replace("2000-01-01", valid_from);
            format!("{TEXT}{again}")
        };
        let strategy = Strategy::load(&second("2023-04-01", "2023-1")).unwrap();
        assert_eq!(strategy.on(day().pred_opt().unwrap()).version, "2016-1");
        assert_eq!(strategy.on(day()).version, "2023-1");
        for (valid_from, name) in
            [("2000-01-01", "2023-1"), ("1999-01-01", "2023-1"), ("2023-04-01", "2016-1")]
        {
            let refused = Strategy::load(&second(valid_from, name));
            assert!(matches!(refused, Err(StrategyError::Order(_))), "{valid_from} {name}");
        }
    }

    #[test]
    fn a_notice_without_deadline_or_a_code_in_two_events_is_refused() {
        let without = TEXT.replacen("deadline_days: 14, ", "", 1);
        assert!(matches!(Strategy::load(&without), Err(StrategyError::NoDeadline { .. })));
        let open_for_ever = TEXT.replacen(", closed_by: staff", "", 1);
        assert!(matches!(Strategy::load(&open_for_ever), Err(StrategyError::NobodyCloses { .. })));
        let no_income = TEXT.replacen("income_started, follow: notice", "income_started, follow: no", 1);
        assert!(matches!(Strategy::load(&no_income), Err(StrategyError::IncomeStopped { .. })));
        let twice = TEXT.replacen("[A06]", "[A06, A21]", 1);
        assert!(matches!(Strategy::load(&twice), Err(StrategyError::CodeTwice { .. })));
        let negative = TEXT.replacen("\"48000\"", "\"-1\"", 1);
        assert!(matches!(Strategy::load(&negative), Err(StrategyError::Threshold { .. })));
        assert!(matches!(Strategy::load("versions: []"), Err(StrategyError::Empty)));
        assert!(matches!(Strategy::load(&format!("{TEXT}extra: 1")), Err(StrategyError::Unreadable(_))));
    }
}

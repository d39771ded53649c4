//! The registry of topics.

use std::fmt;

/// A topic of the log. The name is part of the contract; the text below is what `schemas/` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Normalised facts from the registers.
    RegisterEvents,
    /// Somebody has moved to an address.
    RegisterMoves,
    /// Orders of staff and specialist systems about a case.
    CaseCommands,
    /// Which case follows which person or address.
    CaseMemberships,
    /// Register facts addressed to a case.
    CaseNotices,
    /// The days, as events.
    CalendarDays,
    /// Determinations, decisions, hearings and notices.
    AssessmentEvents,
    /// Letters to be delivered.
    Letters,
    /// Orders to the ERP.
    InvoiceCommands,
    /// What the ERP has answered and posted.
    ErpEvents,
    /// Differences between right and reality.
    ReconciliationFindings,
    /// What staff have been told.
    Alerts,
    /// What could not be processed.
    DeadLetters,
}

/// What a topic is for, who writes and who reads it.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// One sentence.
    pub purpose: &'static str,
    /// What the record key is.
    pub key: &'static str,
    /// The writing stages.
    pub writers: &'static [&'static str],
    /// The reading stages.
    pub readers: &'static [&'static str],
    /// How long records are kept in production.
    pub retention: &'static str,
}

impl Topic {
    /// Every topic, in the order of the data.
    pub const ALL: [Self; 13] = [
        Self::RegisterEvents,
        Self::RegisterMoves,
        Self::CaseCommands,
        Self::CaseMemberships,
        Self::CaseNotices,
        Self::CalendarDays,
        Self::AssessmentEvents,
        Self::Letters,
        Self::InvoiceCommands,
        Self::ErpEvents,
        Self::ReconciliationFindings,
        Self::Alerts,
        Self::DeadLetters,
    ];

    /// The name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::RegisterEvents => "register.events",
            Self::RegisterMoves => "register.moves",
            Self::CaseCommands => "case.commands",
            Self::CaseMemberships => "case.memberships",
            Self::CaseNotices => "case.notices",
            Self::CalendarDays => "calendar.days",
            Self::AssessmentEvents => "assessment.events",
            Self::Letters => "letters",
            Self::InvoiceCommands => "invoice.commands",
            Self::ErpEvents => "erp.events",
            Self::ReconciliationFindings => "reconciliation.findings",
            Self::Alerts => "alerts",
            Self::DeadLetters => "dead-letters",
        }
    }

    /// The topic of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// Purpose, key, writers, readers, retention.
    pub fn description(self) -> Description {
        let (purpose, key, writers, readers, retention): (_, _, &'static [_], &'static [_], _) = match self {
            Self::RegisterEvents => (
                "Normalised facts from the population register and the income register, each with a pointer to its raw evidence.",
                "person key",
                &["intake"],
                &["routing"],
                "5 years",
            ),
            Self::RegisterMoves => (
                "Somebody has moved to an address, for cases that follow the address.",
                "address key",
                &["intake"],
                &["routing"],
                "5 years",
            ),
            Self::CaseCommands => (
                "Orders about a case, from staff, specialist systems and the letter service.",
                "case",
                &["intake", "letters"],
                &["assessment"],
                "10 years",
            ),
            Self::CaseMemberships => (
                "Which case follows which person or address, from when to when.",
                "person key or address key",
                &["assessment"],
                &["routing"],
                "compacted",
            ),
            Self::CaseNotices => (
                "Register facts addressed to a case that follows their subject.",
                "case",
                &["routing"],
                &["assessment"],
                "5 years",
            ),
            Self::CalendarDays => (
                "Each day has opened, is closing, has closed: time as an event, written to every partition.",
                "none",
                &["tick"],
                &[
                    "routing",
                    "assessment",
                    "letters",
                    "invoicing",
                    "erp-gateway",
                    "reconciliation",
                    "alerting",
                ],
                "1 year",
            ),
            Self::AssessmentEvents => (
                "What is owed and why: determinations, decisions, hearings and the state of notices.",
                "case",
                &["assessment"],
                &["invoicing", "reconciliation"],
                "10 years",
            ),
            Self::Letters => {
                ("Letters to be delivered to citizens.", "case", &["assessment"], &["letters"], "5 years")
            }
            Self::InvoiceCommands => (
                "Orders to the ERP, each with an id that the same order always has.",
                "case",
                &["invoicing"],
                &["erp-gateway", "reconciliation"],
                "10 years",
            ),
            Self::ErpEvents => (
                "What the ERP has answered and what its ledger shows.",
                "case, or the document where the ERP names no case",
                &["erp-gateway"],
                &["reconciliation", "invoicing"],
                "10 years",
            ),
            Self::ReconciliationFindings => (
                "Differences between what should be and what is: opened, aged, resolved.",
                "cause",
                &["reconciliation"],
                &["alerting"],
                "10 years",
            ),
            Self::Alerts => (
                "What staff have been told, when and through which receiver.",
                "cause",
                &["alerting"],
                &[],
                "5 years",
            ),
            Self::DeadLetters => (
                "What could not be processed, why, and where it is kept.",
                "the key of the refused message, or `lines/` and the SHA-256 of the file whose lines are refused",
                &["intake", "every stage"],
                &["alerting"],
                "5 years",
            ),
        };
        Description { purpose, key, writers, readers, retention }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_found_by_its_name() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_name(topic.name()), Some(topic));
        }
        assert_eq!(Topic::from_name("register"), None);
    }
}

//! `letters`: letters to be delivered to citizens.

use crate::body::content_kinds;
use crate::{Content, Party, Topic};
use domain::{AuthorityId, CaseId, Day, HearingId, LetterId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A letter, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Its id.
    pub letter: LetterId,
    /// The case.
    pub case: CaseId,
    /// Who sends it.
    pub authority: AuthorityId,
    /// Who gets it.
    pub recipient: Party,
    /// A decision, a hearing or a reminder, never two of them.
    pub kind: LetterKind,
    /// The hearing that it opens: answers name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing: Option<HearingId>,
    /// The day it was written.
    pub written_on: Day,
    /// The heading.
    pub title: String,
    /// The letter as plain text.
    pub text: String,
    /// The letter as an HTML page.
    pub html: String,
}

/// What a letter does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// Communicates a decision (*afgørelse*).
    Decision,
    /// Asks before a raise (*agterskrivelse, partshøring, varsel*).
    Hearing,
    /// Reminds of a payment (*rykker*); decides nothing.
    Reminder,
}

impl Content for Letter {
    const TOPIC: Topic = Topic::Letters;
    fn key(&self) -> String {
        self.case.to_string()
    }
    content_kinds! { content => content.kind;
        LetterKind::Decision => "decision",
        LetterKind::Hearing => "hearing",
        LetterKind::Reminder => "reminder",
    }
}

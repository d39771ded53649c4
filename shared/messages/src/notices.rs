//! `case.memberships` and `case.notices`: who follows whom, and what came of it.

use crate::body::content_kinds;
use crate::{AddressArrival, Content, RegisterEvent, Topic};
use domain::{AuthorityId, CaseId, Day, NoticeId, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A case follows a person or an address, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Who or what is followed.
    pub subject: Subject,
    /// By which case.
    pub case: CaseId,
    /// Of which authority.
    pub authority: AuthorityId,
    /// As what.
    pub role: Role,
    /// Whether it follows (or has stopped to).
    pub follows: bool,
}

/// What a followed person is to the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who pays.
    Payer,
    /// Another adult of the household.
    Adult,
    /// A child of the household.
    Child,
    /// The address of the household.
    Address,
}

/// A register fact addressed to a case (*advis*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseNotice {
    /// The case.
    pub case: CaseId,
    /// What the subject is to the case.
    pub role: Role,
    /// The fact.
    pub about: NoticeSubject,
    /// The notices that the advis strategy raises from it; none where the fact only feeds the monthly recalculation.
    pub notices: Vec<OpenNotice>,
}

/// The fact of a notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeSubject {
    /// A fact about a followed person.
    Register(Box<RegisterEvent>),
    /// Somebody has moved to the followed address.
    Arrival(AddressArrival),
}

/// A notice with its deadline and owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenNotice {
    /// Its id: of the case, the type and the register fact.
    pub notice: NoticeId,
    /// The event type of the advis strategy, such as `moved_within_municipality` or `income_changed`.
    pub event_type: String,
    /// By when it must be closed.
    pub deadline: Day,
    /// The unit that owns it.
    pub owner: String,
    /// The version of the advis strategy that raised it.
    pub strategy: String,
    /// Who closes it. Absent in notices of before the strategy said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<ClosedBy>,
}

/// Who closes a notice with its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedBy {
    /// Assessment, the morning after: by what has been decided from the facts, or is being heard about.
    Assessment,
    /// Assessment, unless the payer is a single provider and the register now says married: then staff.
    SingleStatus,
    /// A person (`close_notice`): no rule knows what follows from it.
    Staff,
}

impl Content for Membership {
    const TOPIC: Topic = Topic::CaseMemberships;
    fn key(&self) -> String {
        self.subject.to_string()
    }
    content_kinds! { content => content.follows;
        true => "follows",
        false => "unfollows",
    }
}

impl Content for CaseNotice {
    const TOPIC: Topic = Topic::CaseNotices;
    fn key(&self) -> String {
        self.case.to_string()
    }
    content_kinds! { content => content.about;
        NoticeSubject::Register(_) => "register",
        NoticeSubject::Arrival(_) => "arrival",
    }
}

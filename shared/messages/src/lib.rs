#![doc = include_str!("../README.md")]

mod alerts;
mod assessment;
mod body;
mod calendar;
mod case_commands;
mod childcare;
mod dead_letters;
mod decision;
mod erp;
mod findings;
mod housing;
mod income_book;
mod invoice;
mod kept;
mod letters;
mod notices;
mod record;
mod register;
mod repayment;
mod topic;
mod yearly;

pub use alerts::{Alert, AlertState, Severity};
pub use assessment::{
    AssessmentEvent, AssessmentFact, Cause, Determination, HearingOutcome, NoticeOutcome, Trace,
};
pub use body::{Body, Content, Evidence, Message, MessageError, kinds, schema};
pub use calendar::{CalendarDay, Phase};
pub use case_commands::{
    BillingMode, CaseCommand, CaseOrder, HearingAnswer, Party, PlaceKind, PlaceTerms, Scheme,
};
pub use childcare::{CareForm, CareTerms, ChildcareOrder};
pub use dead_letters::{DeadLetter, Refusals, Refused, RefusedAt};
pub use decision::{DecisionMade, DecisionParts, Heard, HeardParts, RaiseError};
pub use erp::{ErpEvent, ErpFact, PostedDocument, SubscriptionState};
pub use findings::{Finding, FindingClass, FindingState};
pub use housing::{
    AwaitEnd, AwaitEnded, AwaitedDecision, DecisionAwaits, FacilityCosts, HousingOrder, HousingParagraph,
    Means, MonthlyBudget, Stay, StayService, StayServiceKind,
};
pub use income_book::{Entry as IncomeEntry, IncomeBook};
pub use invoice::{InvoiceCommand, InvoiceOrder};
pub use kept::Kept;
pub use letters::{Letter, LetterKind};
pub use notices::{CaseNotice, ClosedBy, Membership, NoticeSubject, OpenNotice, Role};
pub use record::{Headers, Record, header};
pub use register::{
    AddressArrival, CivilStatus, CprEvent, Departure, Home, IncomeReport, PersonSnapshot, Protection,
    RegisterEvent, RegisterFact, ReportKind,
};
pub use repayment::{
    Circumstances, ClaimStanding, ClaimState, CollectionStep, CollectionStepKind, DeferringBenefit,
    IncomeSource, NetIncome, NetMonth, REMINDER_FEE, RepayableClaim, RepaymentGround, RepaymentOrder,
    Settlement,
};
pub use topic::Topic;
pub use yearly::{KNOWINGLY_TO_YEAR, YearOpened, YearOutcome, YearPostponed, YearReconciled};

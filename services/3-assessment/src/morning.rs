//! One morning of a case whose months follow decisions that were communicated: what is the same whatever is charged.

use crate::decided::Issued;
use crate::notices::{event, left_to_staff};
use crate::state::{Awaits, Case, Opened, Standing};
use crate::{Assessment, Rules};
use domain::{ChargeType, Day, DeterminationId, Money, NoticeId, Period};
use messages::{AssessmentEvent, AssessmentFact, Cause, Determination, NoticeOutcome, OpenNotice, Trace};
use runtime::{Because, Context, Effects, Refusal};

/// A round of assessment of a case.
pub struct Morning<'a> {
    pub rules: &'a Rules,
    pub opened: &'a Opened,
    pub context: &'a Context<'a>,
    /// Why a month is determined anew.
    pub cause: Cause,
    /// What has come since the last morning.
    pub because: Option<&'a Because>,
    pub effects: &'a mut Effects<Assessment>,
}

/// What is owed for a month, by which decision.
pub struct Owed<'a> {
    pub month: Period,
    pub amount: Money,
    pub due_on: Day,
    /// The decision that the month is told by.
    pub decision: &'a Issued,
    pub communicated_on: Day,
    pub trace: &'a schemes::Trace,
}

impl Case {
    /// The days on which something is done because a deadline has passed: those of hearings, but of one that waits for a ruling,
    /// which ends by that, and of notices that are left to staff.
    pub fn days_after_deadlines(&self) -> impl Iterator<Item = Day> {
        let open = self.hearings.iter().filter(|(id, hearing)| {
            hearing.ended.is_none() && hearing.delivered && !self.awaits_ruling(id, hearing)
        });
        let hearings = open.map(|(_, hearing)| hearing.deadline);
        let left_to_staff = self.notices.values().filter(|notice| !notice.overdue);
        let notices = left_to_staff.map(|notice| notice.open.deadline);
        hearings.chain(notices).filter_map(|deadline| deadline.succ_opt())
    }
}

impl Morning<'_> {
    pub fn today(&self) -> Day {
        self.context.today
    }

    pub fn event(&self, fact: AssessmentFact) -> AssessmentEvent {
        event(self.opened, self.today(), fact)
    }

    pub fn tell(&mut self, fact: AssessmentFact) {
        self.effects.send(&event(self.opened, self.context.today, fact));
    }

    /// What has come since the last morning, or else the day.
    pub fn because(&self) -> Because {
        self.because.cloned().unwrap_or_else(|| self.context.into())
    }

    /// Determines a month for the one payer, where that differs from what has been determined.
    pub fn determine_owed(&mut self, case: &mut Case, owed: &Owed<'_>) -> Result<(), Refusal> {
        let Some(payer) = case.payers.values().next().map(|payer| payer.what.clone()) else { return Ok(()) };
        let standing = case.determined.get(&owed.month).and_then(|payers| payers.get(&payer.person));
        let charge_type = self.opened.charge_type()?;
        let Some(made) = self.determination(owed, standing, &charge_type, &payer)? else { return Ok(()) };
        let now = self.send_determination(made, owed.decision);
        case.determined.entry(owed.month).or_default().insert(payer.person, now);
        Ok(())
    }

    /// Tells a determination: what is told first follows from the decision, what is told again from what has come since.
    pub fn send_determination(&mut self, made: Determination, decision: &Issued) -> Standing {
        let because = self.because();
        let (causes, evidence) = match made.version {
            1 => (decision.causes(), decision.evidence()),
            _ => (because.causes(), because.evidence()),
        };
        let (causes, evidence) = (causes.to_vec(), evidence.to_vec());
        let now = Standing { version: made.version, amount: made.amount, decision: made.decision.clone() };
        let fact = AssessmentFact::Determined(Box::new(made));
        self.effects.send_because(&self.event(fact), causes, evidence);
        now
    }

    /// The determination; none where what stands says the same.
    pub fn determination(
        &self,
        owed: &Owed<'_>,
        standing: Option<&Standing>,
        charge_type: &ChargeType,
        payer: &messages::Party,
    ) -> Result<Option<Determination>, Refusal> {
        let before = standing.map_or(Money::zero(owed.amount.currency()), |standing| standing.amount);
        if before == owed.amount {
            return Ok(None);
        }
        let version = standing.map_or(1, |standing| standing.version + 1);
        Ok(Some(Determination {
            determination: DeterminationId::derive(&[
                self.opened.case.as_str(),
                payer.person.as_str(),
                charge_type.as_str(),
                &owed.month.to_string(),
                &version.to_string(),
            ]),
            version,
            payer: payer.person.clone(),
            payer_cpr: payer.cpr.clone(),
            charge_type: charge_type.clone(),
            billing: self.opened.billing,
            period: owed.month,
            amount: owed.amount,
            due_on: owed.due_on,
            decision: owed.decision.made().decision().clone(),
            communicated_on: owed.communicated_on,
            cause: if version == 1 { owed.decision.made().cause() } else { self.cause },
            trace: Trace::of(owed.trace)
                .map_err(|error| Refusal::new("trace_unwritable", format!("{:?}", error.classify())))?,
        }))
    }

    /// Closes the notices that the rule can close, and leaves to staff those of which this says that they concern them.
    pub fn settle_notices(
        &mut self,
        case: &mut Case,
        concerns_staff: impl Fn(&Case, Awaits, &OpenNotice) -> bool,
    ) {
        let today = self.today();
        let due: Vec<NoticeId> = case.notices.keys().cloned().collect();
        for id in due {
            let Some(notice) = case.notices.get(&id).filter(|notice| notice.awaits != Awaits::Staff) else {
                continue;
            };
            if concerns_staff(case, notice.awaits, &notice.open) {
                self.effects.send(&left_to_staff(self.opened, today, &notice.open));
                case.notices.entry(id).and_modify(|notice| notice.awaits = Awaits::Staff);
                continue;
            }
            let died = notice.open.event_type == "death";
            let outcome = if died { NoticeOutcome::PaymentChanged } else { NoticeOutcome::NoChange };
            case.close_notice(self.opened, today, &id, outcome, self.effects);
        }
    }
}

//! What a message adds to what is kept. Nothing is decided here, so the order of messages cannot matter.

use crate::state::{Line, Month, Owed, Report, State};
use domain::{AuthorityId, ChargeType, CommandId, Day, Period, PersonKey};
use messages::{AssessmentEvent, AssessmentFact, Determination, ErpEvent, ErpFact};
use runtime::Because;

impl State {
    /// Takes in what has been established. Tells whether anything is new.
    pub(crate) fn record_assessment(
        &mut self,
        event: &AssessmentEvent,
        because: impl Fn() -> Because,
    ) -> bool {
        match &event.fact {
            AssessmentFact::Determined(determination) => {
                let line = self.line(&determination.payer, &determination.charge_type, &event.authority);
                line.payer_cpr = Some(determination.payer_cpr.clone());
                line.record(determination, event.recorded_on, because)
            }
            AssessmentFact::Exempted { payer, charge_type, period, .. } => {
                let month = self.line(payer, charge_type, &event.authority).month(*period);
                let newer = month.exempted_on.is_none_or(|day| day < event.recorded_on);
                if newer {
                    month.exempted_on = Some(event.recorded_on);
                }
                newer
            }
            AssessmentFact::NoticeOpened { .. }
            | AssessmentFact::NoticeClosed { .. }
            | AssessmentFact::HearingOpened { .. }
            | AssessmentFact::HearingClosed { .. }
            | AssessmentFact::DecisionMade { .. }
            | AssessmentFact::DecisionCommunicated { .. }
            | AssessmentFact::DecisionAwaited(_)
            | AssessmentFact::DecisionAwaitEnded(_)
            | AssessmentFact::ClaimAssessed(_)
            | AssessmentFact::CollectionStepTaken(_)
            | AssessmentFact::YearOpened(_)
            | AssessmentFact::YearReconciled(_)
            | AssessmentFact::ReviewNeeded { .. } => false,
        }
    }

    /// Takes in what the ERP has said. Tells whether anything is new; what concerns orders of others is not.
    pub(crate) fn record_erp(&mut self, event: &ErpEvent) -> bool {
        let lines = self.lines.values_mut().flat_map(|lines| lines.values_mut());
        match &event.fact {
            ErpFact::CommandRejected { command, .. } => {
                lines.map(|line| line.reject(command, event.recorded_on)).fold(false, |any, one| any | one)
            }
            ErpFact::SubscriptionReported { subscription, state, valid_to, as_of } => {
                let report = Report { as_of: *as_of, valid_to: *valid_to, state: *state };
                lines
                    .flat_map(|line| &mut line.subscriptions)
                    .find(|known| known.id == *subscription)
                    .is_some_and(|known| known.reports.insert(report))
            }
            ErpFact::DocumentPosted(document) => lines
                .flat_map(|line| &mut line.subscriptions)
                .find(|known| Some(&known.id) == document.subscription.as_ref())
                .is_some_and(|known| known.posted.insert(document.period)),
            ErpFact::CommandAccepted { .. }
            | ErpFact::CommandUnknown { .. }
            | ErpFact::DocumentCancelled { .. }
            | ErpFact::PaymentReceived { .. } => false,
        }
    }

    fn line(&mut self, payer: &PersonKey, charge_type: &ChargeType, authority: &AuthorityId) -> &mut Line {
        self.lines.entry(payer.clone()).or_default().entry(charge_type.clone()).or_insert_with(|| Line {
            authority: authority.clone(),
            payer_cpr: None,
            months: Default::default(),
            subscriptions: Vec::new(),
        })
    }
}

impl Line {
    fn month(&mut self, period: Period) -> &mut Month {
        self.months.entry(period).or_default()
    }

    fn record(
        &mut self,
        determination: &Determination,
        recorded_on: Day,
        because: impl Fn() -> Because,
    ) -> bool {
        let month = self.month(determination.period);
        let newer = month.owed.as_ref().is_none_or(|owed| owed.version < determination.version);
        if newer {
            month.owed = Some(Owed {
                version: determination.version,
                determination: determination.determination.clone(),
                amount: determination.amount,
                due_on: determination.due_on,
                billing: determination.billing,
                recorded_on,
                because: Some(because()),
            });
        }
        newer
    }

    fn reject(&mut self, command: &CommandId, on: Day) -> bool {
        let of_months = self
            .months
            .values_mut()
            .flat_map(|month| &mut month.orders)
            .filter(|order| order.command == *command)
            .map(|order| &mut order.rejected_on);
        let of_subscriptions = self
            .subscriptions
            .iter_mut()
            .flat_map(|subscription| &mut subscription.orders)
            .filter(|order| order.command == *command)
            .map(|order| &mut order.rejected_on);
        let mut new = false;
        for rejected_on in of_months.chain(of_subscriptions) {
            new |= rejected_on.is_none();
            *rejected_on = Some(rejected_on.map_or(on, |known| known.min(on)));
        }
        new
    }
}

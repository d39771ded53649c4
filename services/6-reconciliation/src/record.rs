//! What a message adds to what is known. Nothing is compared here.

use crate::Error;
use crate::state::{Awaited, Exemption, Ordered, Owed, Report, State, Waits};
use domain::{Money, MoneyError, PlaceId};
use messages::{
    AssessmentEvent, AssessmentFact, ErpEvent, ErpFact, InvoiceCommand, InvoiceOrder, PostedDocument,
};

impl State {
    /// Takes in what has been established. Tells whether anything is new.
    pub(crate) fn record_assessment(&mut self, event: &AssessmentEvent) -> Result<bool, Error> {
        let new = match &event.fact {
            AssessmentFact::Determined(determination) => {
                self.one_currency(determination.amount)?;
                let (payer, charge_type) = (determination.payer.clone(), determination.charge_type.clone());
                let months = self.obligations.entry(payer).or_default().entry(charge_type).or_default();
                let obligation = months.entry(determination.period).or_default();
                let newer = obligation.owed.as_ref().is_none_or(|owed| owed.version < determination.version);
                if newer {
                    obligation.owed = Some(Owed {
                        version: determination.version,
                        amount: determination.amount,
                        due_on: determination.due_on,
                        billing: determination.billing,
                        recorded_on: event.recorded_on,
                    });
                }
                newer
            }
            AssessmentFact::Exempted { payer, charge_type, period, reason } => {
                let months = self
                    .obligations
                    .entry(payer.clone())
                    .or_default()
                    .entry(charge_type.clone())
                    .or_default();
                let obligation = months.entry(*period).or_default();
                let told = Some(Exemption { recorded_on: event.recorded_on, reason: reason.clone() });
                let newer = obligation.exempted < told;
                if newer {
                    obligation.exempted = told;
                }
                newer
            }
            AssessmentFact::DecisionAwaited(awaited) => {
                let waits = Waits::Since(awaited.clone());
                self.record_awaited(&awaited.place, Awaited { version: awaited.version, waits })
            }
            AssessmentFact::DecisionAwaitEnded(ended) => {
                let waits = Waits::Over(ended.outcome);
                self.record_awaited(&ended.place, Awaited { version: ended.version, waits })
            }
            AssessmentFact::NoticeOpened { .. }
            | AssessmentFact::NoticeClosed { .. }
            | AssessmentFact::HearingOpened { .. }
            | AssessmentFact::HearingClosed { .. }
            | AssessmentFact::DecisionMade { .. }
            | AssessmentFact::DecisionCommunicated { .. }
            | AssessmentFact::ClaimAssessed(_)
            | AssessmentFact::CollectionStepTaken(_)
            | AssessmentFact::YearOpened(_)
            | AssessmentFact::YearReconciled(_)
            | AssessmentFact::ReviewNeeded { .. } => false,
        };
        if new {
            self.case = Some(event.case.clone());
            self.authority = Some(event.authority.clone());
        }
        Ok(new)
    }

    /// Keeps how the waiting of a place stands.
    fn record_awaited(&mut self, place: &PlaceId, told: Awaited) -> bool {
        let newer = self.awaited.get(place).is_none_or(|known| known.version < told.version);
        if newer {
            self.awaited.insert(place.clone(), told);
        }
        newer
    }

    /// Takes in what was ordered. Tells whether anything is new.
    pub(crate) fn record_command(&mut self, command: &InvoiceCommand) -> Result<bool, Error> {
        if let InvoiceOrder::Charge { amount, .. }
        | InvoiceOrder::Credit { amount, .. }
        | InvoiceOrder::OpenSubscription { amount, .. }
        | InvoiceOrder::ChangeSubscription { amount, .. } = &command.order
        {
            self.one_currency(*amount)?;
        }
        let ordered = Ordered {
            payer: command.payer.clone(),
            charge_type: command.charge_type.clone(),
            issued_on: command.issued_on,
            order: command.order.clone(),
        };
        match self.orders.get(&command.command) {
            None => {
                self.case = Some(command.case.clone());
                self.authority.get_or_insert_with(|| command.authority.clone());
                self.orders.insert(command.command.clone(), ordered);
                Ok(true)
            }
            Some(known) if *known == ordered => Ok(false),
            Some(_) => Err(Error::Changed { what: "order", id: command.command.to_string() }),
        }
    }

    /// Takes in what the ERP has said. Tells whether anything is new.
    pub(crate) fn record_erp(&mut self, event: &ErpEvent) -> Result<bool, Error> {
        let on = event.recorded_on;
        if event.case.is_some() {
            self.case.clone_from(&event.case);
        }
        Ok(match &event.fact {
            ErpFact::CommandAccepted { command, .. } => {
                let answer = self.answers.entry(command.clone()).or_default();
                let new = answer.accepted_on.is_none_or(|known| on < known);
                if new {
                    answer.accepted_on = Some(on);
                }
                new
            }
            ErpFact::CommandRejected { command, code, .. } => {
                let answer = self.answers.entry(command.clone()).or_default();
                let told = (on, code.clone());
                let new = answer.rejected.as_ref().is_none_or(|known| told < *known);
                if new {
                    answer.rejected = Some(told);
                }
                new
            }
            ErpFact::DocumentPosted(document) => self.record_document(document)?,
            ErpFact::DocumentCancelled { document, cancelled_on, .. } => {
                let known = self.cancellations.get(document).copied();
                let new = known.is_none_or(|known| *cancelled_on < known);
                if new {
                    self.cancellations.insert(document.clone(), *cancelled_on);
                }
                new
            }
            ErpFact::SubscriptionReported { subscription, state, valid_to, as_of } => {
                let report = Report { as_of: *as_of, valid_to: *valid_to, state: *state };
                self.reports.entry(subscription.clone()).or_default().insert(report)
            }
            // Not to know is no answer: the deadline for one runs on. Payments prove nothing about the invoicing.
            ErpFact::CommandUnknown { .. } | ErpFact::PaymentReceived { .. } => false,
        })
    }

    fn record_document(&mut self, document: &PostedDocument) -> Result<bool, Error> {
        self.one_currency(document.amount)?;
        match self.documents.get(&document.document) {
            None => {
                self.documents.insert(document.document.clone(), document.clone());
                Ok(true)
            }
            Some(known) if known == document => Ok(false),
            Some(_) => Err(Error::Changed { what: "document", id: document.document.clone() }),
        }
    }

    fn one_currency(&mut self, amount: Money) -> Result<(), Error> {
        let known = *self.currency.get_or_insert(amount.currency());
        if known == amount.currency() {
            Ok(())
        } else {
            Err(MoneyError::Mixed(known, amount.currency()).into())
        }
    }
}

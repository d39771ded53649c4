//! Orders become facts of the case. Nothing is decided here.

use super::{Approval, CarePlace, Childcare, HeldCare, HouseholdStated, Tax};
use crate::facts::Touched;
use crate::state::{Case, Opened, Stated};
use messages::{BillingMode, CaseCommand, Cause, ChildcareOrder, Party, Scheme};
use runtime::Refusal;

impl Case {
    /// Applies an order about a household in Swedish childcare.
    pub fn order_childcare(
        &mut self,
        command: &CaseCommand,
        order: &ChildcareOrder<Party>,
    ) -> Result<Touched, Refusal> {
        if let ChildcareOrder::OpenChildcare { custodian } = order {
            if self.opened.is_some() {
                return Err(Refusal::new("opened_twice", "the case is open, for its one household"));
            }
            self.opened = Some(Opened {
                case: command.case.clone(),
                authority: command.authority.clone(),
                scheme: Scheme::SeChildcare,
                billing: BillingMode::Monthly,
            });
            self.payers.insert(command.issued_on, Stated::by(command, custodian.clone()));
            self.childcare.get_or_insert_default();
            return Ok(Touched::All(Cause::Place));
        }
        self.childcare.get_or_insert_default().order(command, order)
    }
}

impl Childcare {
    fn order(&mut self, command: &CaseCommand, order: &ChildcareOrder<Party>) -> Result<Touched, Refusal> {
        let own = Touched::All(Cause::OwnRequest);
        match order {
            ChildcareOrder::OpenChildcare { .. } => {}
            ChildcareOrder::SetChildcareHousehold { from, partner, monthly_income } => {
                let household = HouseholdStated { partner: partner.clone(), monthly_income: *monthly_income };
                Stated::keep(&mut self.households, *from, Stated::by(command, household));
                return Ok(own);
            }
            ChildcareOrder::DeclareIncome { declared_on, monthly_income } => {
                Stated::keep(&mut self.declared, *declared_on, Stated::by(command, *monthly_income));
                return Ok(own);
            }
            ChildcareOrder::StartChildcare { place, child, first_day, terms } => {
                let kept = self.places.entry(place.clone()).or_default();
                if kept.held.is_some() {
                    return Err(Refusal::new(
                        "place_taken",
                        "the place is held already; use another place id",
                    ));
                }
                let held = HeldCare { child: child.clone(), first_day: *first_day };
                kept.held = Some(Stated::by(command, held));
                Stated::keep(&mut kept.terms, *first_day, Stated::by(command, terms.clone()));
            }
            ChildcareOrder::ChangeChildcare { place, from, terms } => {
                let kept = self.places.entry(place.clone()).or_default();
                Stated::keep(&mut kept.terms, *from, Stated::by(command, terms.clone()));
            }
            ChildcareOrder::GiveNotice { place, given_on } => {
                let kept: &mut CarePlace = self.places.entry(place.clone()).or_default();
                Stated::replace(&mut kept.notice, Stated::by(command, *given_on));
            }
            ChildcareOrder::MoveAway { place, moved_on } => {
                let kept = self.places.entry(place.clone()).or_default();
                Stated::replace(&mut kept.moved, Stated::by(command, *moved_on));
            }
            ChildcareOrder::StateTax { year, adult, yearly_income } => {
                let tax = Tax { yearly_income: *yearly_income, by: command.issued_by.clone() };
                let tax = Stated::by(command, tax);
                match adult {
                    Some(adult) => {
                        let incomes = self.incomes.entry(*year).or_default();
                        Stated::keep(incomes, adult.person.clone(), tax);
                    }
                    None => Stated::keep(&mut self.taxes, *year, tax),
                }
                return Ok(Touched::All(Cause::Correction));
            }
            ChildcareOrder::ApproveCorrection { year, yearly_income, heard } => {
                let of_adults = self.incomes.get(year).into_iter().flat_map(|incomes| incomes.values());
                let mut prepared = of_adults.chain(self.taxes.get(year));
                if prepared.any(|tax| tax.what.by == command.issued_by) {
                    return Err(Refusal::new(
                        "same_person",
                        "a correction is approved by another than who has stated the income: order it as a second person",
                    ));
                }
                let (by, yearly_income) = (command.issued_by.clone(), *yearly_income);
                let approval = Approval { by, yearly_income, heard: *heard };
                Stated::keep(&mut self.approvals, *year, Stated::by(command, approval));
                return Ok(Touched::All(Cause::Correction));
            }
        }
        Ok(Touched::All(Cause::Place))
    }
}

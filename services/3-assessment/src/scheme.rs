//! Whose rules a case follows: one scheme's, and never another one's.

use crate::state::Case;
use messages::{CaseOrder, Scheme};
use runtime::Refusal;

impl Case {
    /// Whose rules the case follows, as opened or as its first orders tell; none where nothing does.
    fn scheme(&self) -> Option<Scheme> {
        let daycare = || {
            !(self.places.is_empty()
                && self.households.is_empty()
                && self.applications.is_empty()
                && self.subsidy_ends.is_empty())
        };
        match &self.opened {
            Some(opened) => Some(opened.scheme),
            None if self.housing.is_some() => Some(Scheme::DkTemporaryHousing),
            None if self.repayment.is_some() => Some(Scheme::DkCashRepayment),
            None if self.childcare.is_some() => Some(Scheme::SeChildcare),
            None => daycare().then_some(Scheme::DkDaycare),
        }
    }

    /// Refuses an order of another scheme: a case follows one.
    pub fn is_of_scheme(&self, order: &CaseOrder) -> Result<(), Refusal> {
        let wrong = |detail: &str| Err(Refusal::new("other_scheme", detail));
        if let CaseOrder::OpenCase { scheme, .. } = order {
            match scheme {
                Scheme::DkDaycare => {}
                Scheme::DkTemporaryHousing => {
                    return wrong("a resident's case is opened with open_residence");
                }
                Scheme::DkCashRepayment => return wrong("a debtor's case is opened with open_repayment"),
                Scheme::SeChildcare => {
                    return wrong("a Swedish household's case is opened with open_childcare");
                }
            }
        }
        match (self.scheme(), order.scheme()) {
            (Some(own), Some(other)) if own != other => {
                wrong("the order is of another scheme than the case; send it for the right case")
            }
            _ => Ok(()),
        }
    }
}

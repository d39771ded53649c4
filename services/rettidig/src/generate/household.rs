//! A family, its case and what it has stated.

use super::income::Work;
use super::person::Person;
use super::profile::Profile;
use domain::{AuthorityId, CaseId, Cpr, Day, Period, PlaceId};
use messages::{CaseCommand, CaseOrder, PlaceKind, PlaceTerms};

/// From August of the year in which a child becomes six it goes to school.
const SCHOOL_YEARS: i32 = 6;

/// From this birthday on, its month included, a child is in a kindergarten.
const KINDERGARTEN_YEARS: i32 = 3;

/// A family.
#[derive(Debug, Clone)]
pub struct Household {
    pub id: u32,
    /// The first pays.
    pub adults: Vec<Adult>,
    pub children: Vec<Child>,
    /// Absent until the first place.
    pub case: Option<Case>,
    /// How many adults there have ever been: names their reports.
    pub slots: u32,
}

/// A grown-up of the family.
#[derive(Debug, Clone)]
pub struct Adult {
    pub person: Person,
    pub work: Work,
    pub slot: u32,
    /// The authority knows that he or she belongs to the household.
    pub stated: bool,
}

/// A child under 18.
#[derive(Debug, Clone)]
pub struct Child {
    pub person: Person,
    /// With a childminder before the kindergarten.
    pub childminder: bool,
    pub place: Option<Place>,
    /// The first day of the place to come.
    pub starts: Option<Day>,
}

/// A place in daycare.
#[derive(Debug, Clone)]
pub struct Place {
    pub id: PlaceId,
    pub kind: PlaceKind,
    pub treatment: bool,
    /// Percent of social-pedagogical subsidy.
    pub social: u32,
    pub from: Day,
}

/// The case at the authority.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: CaseId,
    pub authority: AuthorityId,
    /// As stated.
    pub single: bool,
    /// Never applies for the economic subsidy, entitled or not.
    pub never_applies: bool,
    /// The income stated last, kroner a year.
    pub granted: Option<i64>,
    /// The month of the last application.
    pub applied_in: Option<Period>,
    orders: u32,
    places: u32,
}

impl Case {
    /// A case without orders.
    pub fn new(id: CaseId, authority: AuthorityId, never_applies: bool) -> Self {
        Self {
            id,
            authority,
            single: false,
            never_applies,
            granted: None,
            applied_in: None,
            orders: 0,
            places: 0,
        }
    }

    /// An order with the case's next number.
    pub fn order<S>(
        &mut self,
        issued_on: Day,
        issued_by: &str,
        order: CaseOrder<Cpr, S>,
    ) -> CaseCommand<Cpr, S> {
        self.orders += 1;
        CaseCommand {
            id: format!("{}-{:04}", self.id, self.orders),
            case: self.id.clone(),
            authority: self.authority.clone(),
            issued_on,
            issued_by: issued_by.to_owned(),
            order,
        }
    }

    /// The id of the case's next place.
    pub fn next_place(&mut self) -> Result<PlaceId, domain::IdError> {
        self.places += 1;
        PlaceId::parse(format!("{}.P{}", self.id, self.places))
    }
}

impl Child {
    /// The last day on which the child may have a place: 31 July before school.
    pub fn school_eve(&self) -> Day {
        use chrono::Datelike;
        Day::from_ymd_opt(self.person.born.year() + SCHOOL_YEARS, 7, 31).unwrap_or(self.person.born)
    }

    /// The kind of place that the child has in a month.
    pub fn kind_in(&self, month: Period) -> PlaceKind {
        match (self.person.birthday_month(KINDERGARTEN_YEARS) <= month, self.childminder) {
            (true, _) => PlaceKind::Kindergarten,
            (false, true) => PlaceKind::Childminder,
            (false, false) => PlaceKind::Nursery,
        }
    }
}

impl Place {
    /// What the place costs in a year.
    pub fn terms(&self, profile: Profile, year: i32) -> PlaceTerms {
        let (monthly_rate, gross_cost) = profile.rate(self.kind, year);
        PlaceTerms {
            kind: self.kind,
            monthly_rate,
            gross_cost,
            treatment: self.treatment,
            social_percent: self.social.to_string(),
        }
    }
}

impl Household {
    /// Kroner a year of the adults whom the authority knows of.
    pub fn stated_income(&self) -> i64 {
        let adults = self.adults.iter().filter(|adult| adult.stated);
        adults.map(|adult| adult.work.counted()).sum::<i64>() * 12 / 100
    }

    /// Numbers of the children at home.
    pub fn children_numbers(&self) -> Vec<Cpr> {
        self.children.iter().map(|child| child.person.cpr.clone()).collect()
    }

    /// Numbers of the adults whom the authority knows of.
    pub fn adult_numbers(&self) -> Vec<Cpr> {
        let adults = self.adults.iter().filter(|adult| adult.stated);
        adults.map(|adult| adult.person.cpr.clone()).collect()
    }

    /// Everybody who lives there.
    pub fn persons_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        let children = self.children.iter_mut().map(|child| &mut child.person);
        self.adults.iter_mut().map(|adult| &mut adult.person).chain(children)
    }

    /// Everybody who lives there.
    pub fn persons(&self) -> impl Iterator<Item = &Person> {
        let children = self.children.iter().map(|child| &child.person);
        self.adults.iter().map(|adult| &adult.person).chain(children)
    }

    /// Whether a child has or will have a place.
    pub fn is_active(&self) -> bool {
        self.children.iter().any(|child| child.place.is_some() || child.starts.is_some())
    }
}

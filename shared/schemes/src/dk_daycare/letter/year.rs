//! The letters of the yearly reconciliation (*efterregulering*): one for a year, with each of its months. What rises is asked
//! about first; every recipient is told, also where nothing changes.

use super::super::{Scale, YearlyFormula, articles};
use super::Authority;
use crate::Error;
use crate::letter::{Document, RenderedLetter, Row, danish, danish_frame};
use domain::{CaseId, Day, Money, Period};
use rust_decimal::Decimal;

/// What every letter about a year says.
#[derive(Debug, Clone)]
pub struct YearFacts {
    /// The case.
    pub case: CaseId,
    /// Who writes.
    pub authority: Authority,
    /// The day on the letter.
    pub written_on: Day,
    /// The income year.
    pub year: i32,
    /// Its months with subsidy, in order.
    pub months: Vec<YearMonth>,
    /// How the year's income belongs to its months.
    pub formula: YearlyFormula,
    /// The scale of the first of them.
    pub scale: Scale,
    /// By how much the income-dependent subsidy of the year changes.
    pub economic: Money,
    /// By how much the other subsidies change with it.
    pub dependent: Money,
}

/// A month of the year, until now and by the tax assessment.
#[derive(Debug, Clone, Copy)]
pub struct YearMonth {
    /// Which.
    pub month: Period,
    /// Kroner a year by the tax assessment.
    pub assessed: Decimal,
    /// Until now.
    pub before: Reckoned,
    /// From now on.
    pub after: Reckoned,
}

/// How staff have ruled on an objection.
#[derive(Debug, Clone)]
pub struct YearRuling {
    /// They let the raise go; otherwise it stands.
    pub dropped: bool,
    /// Why, in their words.
    pub reason: String,
}

/// What a month costs by an income.
#[derive(Debug, Clone, Copy)]
pub struct Reckoned {
    /// Kroner a year.
    pub income: Decimal,
    /// The percentage of the rate, 0-100.
    pub own_percent: u32,
    /// The payment.
    pub payment: Money,
}

/// When the citizen was heard.
#[derive(Debug, Clone, Copy)]
pub struct HeardOn {
    /// The day of the hearing letter.
    pub heard_on: Day,
    /// The last day for an answer.
    pub answer_by: Day,
    /// The day the citizen answered.
    pub answered_on: Option<Day>,
}

/// A letter about a year. There is no way to one that decides a rise without a hearing, or that hears and decides.
#[derive(Debug, Clone)]
pub struct YearLetter {
    facts: YearFacts,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Hearing { answer_by: Day },
    Decision { heard: Option<HeardOn>, ruling: Option<YearRuling> },
    Unchanged { ruling: Option<YearRuling> },
}

impl YearMonth {
    fn rises(&self) -> bool {
        self.after.payment.amount() > self.before.payment.amount()
    }

    fn changes(&self) -> bool {
        self.after.payment != self.before.payment
    }
}

impl YearLetter {
    /// Asks before a year is raised. Refused where no month rises or the time to answer is over when it is written.
    pub fn hearing(facts: YearFacts, answer_by: Day) -> Result<Self, Error> {
        if !facts.months.iter().any(YearMonth::rises) {
            return refuse("no month of the year rises; what falls is decided without hearing");
        }
        if answer_by <= facts.written_on {
            return refuse("the last day for an answer is not after the day of the letter");
        }
        Ok(Self { facts, kind: Kind::Hearing { answer_by } })
    }

    /// Decides a year. Refused where a month rises unheard, and where none changes.
    pub fn decision(
        facts: YearFacts,
        heard: Option<HeardOn>,
        ruling: Option<YearRuling>,
    ) -> Result<Self, Error> {
        if heard.is_none() && facts.months.iter().any(YearMonth::rises) {
            return refuse("a month of the year rises and the citizen has not been heard");
        }
        if !facts.months.iter().any(YearMonth::changes) {
            return refuse("no month of the year changes");
        }
        Ok(Self { facts, kind: Kind::Decision { heard, ruling } })
    }

    /// Tells that a year stays as it is. Refused where a month changes.
    pub fn unchanged(facts: YearFacts, ruling: Option<YearRuling>) -> Result<Self, Error> {
        if facts.months.iter().any(YearMonth::changes) {
            return refuse("a month of the year changes");
        }
        Ok(Self { facts, kind: Kind::Unchanged { ruling } })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        let facts = &self.facts;
        let year = facts.year;
        let subject = match self.kind {
            Kind::Hearing { .. } => {
                format!("Partshøring om efterregulering af fripladstilskud for {year} (agterskrivelse)")
            }
            Kind::Decision { .. } => format!("Afgørelse om efterregulering af fripladstilskud for {year}"),
            Kind::Unchanged { .. } => format!("Efterregulering af fripladstilskud for {year}: ingen ændring"),
        };
        let mut letter = danish_frame::begin(subject, &facts.authority, &facts.case, facts.written_on);
        self.opening(&mut letter);
        self.sums(&mut letter);
        months(&mut letter, facts);
        scale(&mut letter, facts);
        let decided = !matches!(self.kind, Kind::Hearing { .. });
        danish_frame::end(letter, &facts.authority, decided)
    }

    fn opening(&self, letter: &mut Document) {
        let year = self.facts.year;
        letter.paragraph(format!(
            "Vi har sammenholdt den indkomst, som jeres fripladstilskud for {year} er beregnet efter, med årsopgørelsen for \
             {year}."
        ));
        match &self.kind {
            Kind::Hearing { answer_by } => {
                letter.paragraph(
                    "Vi påtænker at ændre jeres forældrebetaling for året. Dette brev er ikke en afgørelse: I har først \
                     mulighed for at udtale jer, og betalingen ændres ikke, før vi har truffet afgørelse.",
                );
                letter.paragraph(format!(
                    "Har I bemærkninger til oplysningerne eller beregningen, skal vi have dem senest den {}. Herefter træffer \
                     vi afgørelse på det foreliggende grundlag.",
                    danish::day(*answer_by)
                ));
            }
            Kind::Decision { heard, ruling } => {
                let after = heard.map_or("En nedsættelse kræver ingen partshøring".to_owned(), |heard| {
                    let answer = match heard.answered_on {
                        Some(day) => format!("jeres svar af {} er indgået i afgørelsen", danish::day(day)),
                        None => {
                            format!(
                                "fristen for at svare udløb den {} uden svar",
                                danish::day(heard.answer_by)
                            )
                        }
                    };
                    format!(
                        "Afgørelsen er truffet efter partshøringen i vores brev af {}; {answer}",
                        danish::day(heard.heard_on)
                    )
                });
                letter.paragraph(format!("Vi har fastsat jeres forældrebetaling for året på ny. {after}."));
                ruled(letter, ruling.as_ref());
            }
            Kind::Unchanged { ruling } => {
                letter
                    .paragraph("Jeres forældrebetaling for året bliver, som den er. I skal ikke gøre noget.");
                ruled(letter, ruling.as_ref());
            }
        }
    }

    fn sums(&self, letter: &mut Document) {
        let facts = &self.facts;
        letter.heading(format!("Året {}", facts.year));
        // One scheme has one currency; a mixed pair has no sum to show.
        let sum = |of: fn(&YearMonth) -> Money| {
            facts.months.iter().map(of).try_fold(Money::zero(facts.economic.currency()), Money::plus).ok()
        };
        let (before, after) = (sum(|month| month.before.payment), sum(|month| month.after.payment));
        // The rules of the year's first month with subsidy: what changes is its payment.
        let year = facts.months.first().map_or(facts.written_on, |first| first.month.first_day());
        let mut rows = Vec::new();
        rows.extend(before.map(|before| Row::new("Betaling hidtil", danish::money(before), "")));
        rows.extend(after.map(|after| {
            Row::new("Betaling efter årsopgørelsen", danish::money(after), articles::ORDER.on(year))
        }));
        let difference = before.zip(after).and_then(|(before, after)| after.minus(before).ok());
        rows.extend(
            difference.map(|difference| {
                Row::new("Forskel", danish::money(difference), articles::REPAYMENT.on(year))
            }),
        );
        // What a subsidy falls by, the payment rises by.
        rows.push(Row::new(
            "Heraf fra ændret økonomisk fripladstilskud",
            danish::money(facts.economic.negated()),
            articles::ECONOMIC,
        ));
        rows.push(Row::new(
            "Heraf fra ændret søskendetilskud og andre tilskud",
            danish::money(facts.dependent.negated()),
            articles::ORDER.on(year),
        ));
        letter.rows(rows);
        match self.kind {
            Kind::Hearing { .. } => letter.paragraph("Træffer vi afgørelsen, bliver forskellen reguleret."),
            Kind::Decision { .. } => letter.paragraph(format!(
                "Forskellen reguleres i den første opkrævning, efter at I har fået dette brev, tidligst i den for {}.",
                danish::month(Period::of(facts.written_on).next())
            )),
            Kind::Unchanged { .. } => {}
        }
    }
}

fn refuse(problem: &str) -> Result<YearLetter, Error> {
    Err(Error::BadLetter { letter: "yearly reconciliation", problem: problem.to_owned() })
}

fn ruled(letter: &mut Document, ruling: Option<&YearRuling>) {
    if let Some(YearRuling { dropped, reason }) = ruling {
        let what = if *dropped { "opgiver" } else { "fastholder" };
        letter.paragraph(format!(
            "Vi har behandlet jeres indsigelse og {what} forhøjelsen af denne grund: {reason}"
        ));
    }
}

fn months(letter: &mut Document, facts: &YearFacts) {
    letter.heading("Måned for måned: indkomst pr. år, egenbetaling efter indkomst og betaling");
    let rows = facts.months.iter().map(|YearMonth { month, assessed, before, after }| {
        let paid = |of: &Reckoned| format!("{} %, {}", of.own_percent, danish::money(of.payment));
        let now = format!("{}, {}", danish::kroner(before.income), paid(before));
        let then = danish::kroner(*assessed);
        // What the law lets pass, or staff let go, is said to be so.
        let value = if after.income == *assessed {
            format!("{now} – efter årsopgørelsen {then}, {}", paid(after))
        } else {
            format!("{now} – efter årsopgørelsen {then}, som ikke reguleres: {}", paid(after))
        };
        Row::new(danish::month(*month), value, "")
    });
    letter.rows(rows.collect());
    letter.paragraph(match facts.formula {
        YearlyFormula::RegisterMonths => {
            "For en voksen, hvis indkomst vi kender for hele året fra indkomstregistret, er en måneds indkomst den, registret \
             viser for måneden, og en tolvtedel af resten af årsopgørelsen, ganget med 12. For andre har hver måned en \
             tolvtedel af årsopgørelsens indkomst, ganget med 12."
        }
        YearlyFormula::Twelfths => "Hver måned har en tolvtedel af årsopgørelsens indkomst, ganget med 12.",
    });
}

fn scale(letter: &mut Document, facts: &YearFacts) {
    let scale = &facts.scale;
    letter.heading("Fripladsskalaen");
    letter.rows(vec![
        Row::new("Nedre grænse", danish::kroner(scale.lower), ""),
        Row::new("Øvre grænse", danish::kroner(scale.upper), ""),
        Row::new("Forhøjelse for flere børn", danish::kroner(scale.children_addition), ""),
        Row::new("Forhøjelse for enlig forsørger", danish::kroner(scale.single_addition), ""),
        Row::new("Trin i skalaen (1 procentpoint)", danish::kroner(scale.step), ""),
    ]);
    letter.paragraph(format!(
        "Grænserne er dem, der gjaldt for husstanden i {}. Er indkomsten under den nedre grænse, betaler I intet. Fra den \
         nedre grænse betaler I 5 % af taksten og 1 procentpoint mere for hvert trin. Fra den øvre grænse betaler I hele \
         taksten.",
        facts.months.first().map_or_else(String::new, |first| danish::month(first.month))
    ));
}

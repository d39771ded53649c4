//! The letter that asks the custodian before the fee of months that are over is raised (*kommunicering*).

use super::decision::{LANGUAGE, fees, grounds, header};
use super::{LetterFacts, RenderedLetter};
use crate::Error;
use crate::letter::{Document, swedish};
use domain::Day;

/// A hearing about a raise of months that are over.
#[derive(Debug, Clone, PartialEq)]
pub struct HearingLetter {
    facts: LetterFacts,
    answer_by: Day,
}

impl HearingLetter {
    /// States a hearing with its last day for an answer. Refuses one that asks about no claim, and one without time to answer.
    pub fn new(facts: LetterFacts, answer_by: Day) -> Result<Self, Error> {
        let refuse = |problem: &str| {
            Err(Error::BadLetter { letter: "hearing about past months", problem: problem.to_owned() })
        };
        if !facts.past.as_ref().is_some_and(|past| past.claims()) {
            return refuse("it asks about no month that rises");
        }
        if answer_by <= facts.written_on {
            return refuse("it leaves no time to answer");
        }
        Ok(Self { facts, answer_by })
    }

    /// The letter's text and HTML.
    pub fn render(&self) -> RenderedLetter {
        let (facts, answer_by) = (&self.facts, swedish::day(self.answer_by));
        let subject = "Du kan yttra dig: höjd avgift för månader som har gått".to_owned();
        let mut letter = Document { subject, blocks: Vec::new() };
        header(&mut letter, facts);
        letter.paragraph(
            "Efter en uppgift om hushållet eller placeringen blir avgiften högre för månader som redan har gått. Vi har inte \
             beslutat om det än. Så här skulle beslutet bli:",
        );
        for step in &facts.steps {
            fees(&mut letter, step);
        }
        if let Some(past) = &facts.past {
            past.write(&mut letter);
        }
        grounds(&mut letter, facts);
        letter.heading("Så svarar du");
        letter.paragraph(format!(
            "Skriv till oss senast den {answer_by} om något inte stämmer. Svarar du inte till dess kan vi besluta ändå. Tills vi har \
             beslutat betalar du inget mer för de månaderna."
        ));
        letter.heading("Kontakt");
        letter.paragraph(format!("{}. {}", facts.authority.name, facts.authority.contact));
        letter.render_in(LANGUAGE)
    }
}

//! The layout of extract U12170-P, read from `data/layout.csv`.

use crate::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

const LAYOUT: &str = include_str!("../../data/layout.csv");
const EVENT_CODES: &str = include_str!("../../data/event_codes.csv");

/// Three characters at the start of every record.
pub(crate) type RecordType = [u8; 3];

/// Where a field lies in its record.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The name in the layout.
    pub name: String,
    /// The first byte, counted from 0.
    pub start: usize,
    /// How many bytes.
    pub length: usize,
}

/// The fields this crate uses.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub production_date: Field,
    pub previous_production_date: Field,
    pub task: Field,
    pub pnr: Field,
    pub current_number: Field,
    pub status: Field,
    pub status_since: Field,
    pub born: Field,
    pub municipality: Field,
    pub street: Field,
    pub house: Field,
    pub floor: Field,
    pub door: Field,
    pub home_since: Field,
    pub municipality_since: Field,
    pub protection: Field,
    pub protection_from: Field,
    pub protection_to: Field,
    pub exit_country: Field,
    pub exit_date: Field,
    pub civil_status: Field,
    pub spouse: Field,
    pub civil_since: Field,
    pub separated_since: Field,
    pub child: Field,
    pub event_time: Field,
    pub event_code: Field,
    pub derived_mark: Field,
    pub error_number: Field,
    pub counter: Field,
}

/// Record lengths, fields and event codes.
#[derive(Debug, Clone)]
pub struct Layout {
    lengths: BTreeMap<RecordType, usize>,
    pub(crate) fields: Fields,
    event_codes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Row {
    record: String,
    record_length: usize,
    field: String,
    position: usize,
    length: usize,
}

#[derive(Deserialize)]
struct CodeRow {
    code: String,
    danish_text: String,
}

impl Layout {
    /// The layout that this crate carries.
    pub fn load() -> Result<Self, Error> {
        Self::from_csv(LAYOUT, EVENT_CODES)
    }

    fn from_csv(layout: &str, codes: &str) -> Result<Self, Error> {
        let mut lengths = BTreeMap::new();
        let mut fields = BTreeMap::new();
        for row in csv::Reader::from_reader(layout.as_bytes()).deserialize::<Row>() {
            let row = row.map_err(Error::LayoutRow)?;
            let record: RecordType =
                row.record.as_bytes().try_into().map_err(|_| Error::LayoutField(row.record.clone()))?;
            if row.position == 0 || row.position > row.record_length {
                return Err(Error::LayoutField(format!("{}.{}", row.record, row.field)));
            }
            lengths.insert(record, row.record_length);
            let field = Field { name: row.field.clone(), start: row.position - 1, length: row.length };
            fields.insert((row.record, row.field), field);
        }
        let mut event_codes = BTreeMap::new();
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(codes.as_bytes());
        for row in reader.deserialize::<CodeRow>() {
            let row = row.map_err(Error::LayoutRow)?;
            event_codes.insert(row.code, row.danish_text);
        }
        let fields = Fields::find(&fields)?;
        Ok(Self { lengths, fields, event_codes })
    }

    /// The full length of a record of this type.
    pub(crate) fn length(&self, record: RecordType) -> Option<usize> {
        self.lengths.get(&record).copied()
    }

    /// Whether the event code is in the list.
    pub fn knows_event(&self, code: &str) -> bool {
        self.event_codes.contains_key(code)
    }
}

impl Fields {
    fn find(all: &BTreeMap<(String, String), Field>) -> Result<Self, Error> {
        let field = |record: &str, name: &str| {
            all.get(&(record.to_owned(), name.to_owned()))
                .cloned()
                .ok_or_else(|| Error::LayoutField(format!("{record}.{name}")))
        };
        Ok(Self {
            production_date: field("000", "ProductionDate")?,
            previous_production_date: field("000", "PreviousProductionDate")?,
            task: field("000", "TaskNumber")?,
            pnr: field("001", "PNR")?,
            current_number: field("001", "CurrentCprNumber")?,
            status: field("001", "Status")?,
            status_since: field("001", "StatusStartDate")?,
            born: field("001", "Birthdate")?,
            municipality: field("002", "MunicipalityCode")?,
            street: field("002", "StreetCode")?,
            house: field("002", "HouseNumber")?,
            floor: field("002", "Floor")?,
            door: field("002", "Door")?,
            home_since: field("002", "RelocationDate")?,
            municipality_since: field("002", "MunicipalityArrivalDate")?,
            protection: field("004", "ProtectionType_")?,
            protection_from: field("004", "StartDate")?,
            protection_to: field("004", "EndDate")?,
            exit_country: field("005", "ExitCountryCode")?,
            exit_date: field("005", "ExitDate")?,
            civil_status: field("012", "CivilStatusCode")?,
            spouse: field("012", "SpousePNR")?,
            civil_since: field("012", "CivilStatusStartDate")?,
            separated_since: field("013", "SeparationStartDate")?,
            child: field("014", "ChildPNR")?,
            event_time: field("099", "CprUpdateDate")?,
            event_code: field("099", "Event_")?,
            derived_mark: field("099", "DerivedMark")?,
            error_number: field("910", "ErrorNumber")?,
            counter: field("999", "Counter")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_loads_and_knows_the_positions_of_the_register() {
        let layout = Layout::load().unwrap();
        assert_eq!(layout.length(*b"002"), Some(306));
        assert_eq!(layout.length(*b"123"), None);
        assert_eq!((layout.fields.home_since.start, layout.fields.home_since.length), (69, 12));
        assert_eq!((layout.fields.counter.start, layout.fields.counter.length), (13, 8));
        assert!(layout.knows_event("A01") && !layout.knows_event("A19"));
    }

    #[test]
    fn a_layout_that_lacks_a_used_field_is_refused_by_its_name() {
        let without =
            LAYOUT.lines().filter(|line| !line.contains("TILFLYDTO,")).collect::<Vec<_>>().join("\n");
        let error = Layout::from_csv(&without, EVENT_CODES).unwrap_err();
        assert!(error.to_string().contains("002.RelocationDate"), "{error}");
    }
}

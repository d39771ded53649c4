//! A second opinion on the amounts of the law: every scheme computed once more, from the documents and not from the
//! code, and compared on random cases and at every boundary.
//!
//! It is built as differently as it can be. Amounts are whole numbers of øre, or of parts of one, in place of decimals;
//! scales are rows that are looked up in place of formulas; a Swedish month is counted day by day in place of by runs of
//! days. It shares no parameter and no function with the schemes; its tables were typed from the fact sheets and stand in
//! `second_opinion/tables/` with their sources. Where the documents leave something open, both follow the default of the
//! scheme's settings, and a comment says so.
//!
//! The invariant: for every case the two give the same amounts, line by line, or both refuse.

mod childcare;
mod daycare;
mod figures;
mod placement;
mod repayment;

//! Lists for a terminal: a header, and columns that are aligned.

use unicode_width::UnicodeWidthStr;

/// What is between two columns.
const GAP: usize = 2;

/// Writes rows under a header. The last column is not filled up.
pub(super) fn columns<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let header = header.map(str::to_owned);
    let lines = || std::iter::once(&header).chain(rows);
    let width = |column: usize| lines().map(|line| line[column].width()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..N).map(width).collect();
    let write = |line: &[String; N]| {
        let cells = line.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| {
            let blanks = width + GAP - cell.width();
            format!("{cell}{}", " ".repeat(blanks))
        });
        padded.collect::<String>().trim_end().to_owned()
    };
    lines().map(write).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_a_terminal_shows_of_them() {
        let rows = [["a", "東京 key", ""], ["bcd", "e\u{301}", "x"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(
            columns(["ID", "NAME", "STATE"], &rows),
            "ID   NAME      STATE\n\
             a    東京 key\n\
             bcd  e\u{301}         x"
        );
        assert_eq!(columns(["ONE"], &[]), "ONE");
    }
}

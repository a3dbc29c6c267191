//! What well-known collections of CSV test files hold: read as they say it must be, or refused, and
//! never misread. The cases are those of csv-spectrum, csv-test-data and the Pollock benchmark, told
//! in short.

#![cfg(test)]

use std::io::Read;

use super::head::Head;
use crate::bytes::{Encoding, Source};
use crate::csv::{Blocks, Fields, Grammar, Piece};

/// A file's header and rows; of a row that is refused the word `refused`.
fn read(content: &[u8], encoding: Option<Encoding>) -> Result<Vec<Vec<String>>, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let source = Source::File(file.path().to_owned());
    let head = Head::read(&source, encoding, None, |_| false).map_err(|fault| fault.problem)?;
    let Head { mut text, dialect, names, bytes, end, .. } = head;
    let mut rest = bytes[end..].to_vec();
    text.reader.read_to_end(&mut rest).unwrap();
    let grammar = Grammar { dialect, width: names.len(), max_lines: 10, is_row: &|_, _| false };
    let mut rows = vec![names];
    for block in Blocks::new(&b""[..], grammar, 1, rest, &|| {}) {
        let block = block.unwrap();
        let (mut start, mut state, mut fields) = (0, block.state, Fields::default());
        while start < block.bytes().len() {
            let next = grammar.next(block.with_lookahead(), start, block.is_last, &mut state, &mut fields);
            let (piece, end) = next.unwrap();
            let record = dialect.trim_end(&block.bytes()[start..end]);
            dialect.split(record, &mut fields);
            let field = |index| String::from_utf8(fields.get(record, index).to_vec()).unwrap();
            match piece {
                Piece::Record if record.is_empty() => {}
                Piece::Record if fields.count() == grammar.width && !fields.are_torn() => {
                    rows.push((0..grammar.width).map(field).collect());
                }
                Piece::Record | Piece::Runaway { .. } => rows.push(vec!["refused".to_owned()]),
                Piece::Inside => {}
            }
            start = end;
        }
    }
    Ok(rows)
}

/// What a case is called, the file, and its rows, header first.
type Case<'a> = (&'a str, &'a [u8], &'a [&'a [&'a str]]);

fn holds(cases: &[Case]) {
    for (name, content, expected) in cases {
        assert_eq!(read(content, None).unwrap(), *expected, "{name}");
    }
}

const ABC: &[&str] = &["a", "b", "c"];
const REFUSED: &[&str] = &["refused"];

#[test]
fn csv_spectrum() {
    let once: &[&str] = &["Once upon \na time", "5", "6"];
    holds(&[
        (
            "comma_in_quotes",
            b"first,address,zip\nJohn,\"Anytown, WW\",08123\n",
            &[&["first", "address", "zip"], &["John", "Anytown, WW", "08123"]],
        ),
        ("empty", b"a,b,c\n1,\"\",\"\"\n2,3,4\n", &[ABC, &["1", "", ""], &["2", "3", "4"]]),
        ("empty_crlf", b"a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", &[ABC, &["1", "", ""], &["2", "3", "4"]]),
        ("escaped_quotes", b"a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", &[&["a", "b"], &["1", "ha \"ha\" ha"], &["3", "4"]]),
        (
            "json",
            b"key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [102.0, 0.5]}\"\n",
            &[&["key", "val"], &["1", "{\"type\": \"Point\", \"at\": [102.0, 0.5]}"]],
        ),
        (
            "location_coordinates",
            "at,b\n\"37\u{b0} 36' 37.8\"\" S\",1\n".as_bytes(),
            &[&["at", "b"], &["37\u{b0} 36' 37.8\" S", "1"]],
        ),
        (
            "newlines",
            b"a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
            &[ABC, &["1", "2", "3"], once, &["7", "8", "9"]],
        ),
        (
            "newlines_crlf",
            b"a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n",
            &[ABC, &["1", "2", "3"], &["Once upon \r\na time", "5", "6"]],
        ),
        (
            "newlines_cr",
            b"a,b,c\r1,2,3\r\"Once upon a time\",5,6\r7,8,9",
            &[ABC, &["1", "2", "3"], &["Once upon a time", "5", "6"], &["7", "8", "9"]],
        ),
        (
            "quotes_and_newlines",
            b"a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
            &[&["a", "b"], &["1", "ha \n\"ha\" \nha"], &["3", "4"]],
        ),
        ("simple", b"a,b,c\n1,2,3\n", &[ABC, &["1", "2", "3"]]),
        ("simple_crlf", b"a,b,c\r\n1,2,3\r\n", &[ABC, &["1", "2", "3"]]),
        ("utf8", "a,b,c\n1,2,3\n4,5,\u{2a4}\n".as_bytes(), &[ABC, &["1", "2", "3"], &["4", "5", "\u{2a4}"]]),
        // It takes NULL for nothing where it stands without quotes. Here a mapping says what is nothing,
        // and an empty field is it.
        (
            "null",
            b"a,b,c\n1,,2\n3,\"NULL\",4\n5,NULL,6\n",
            &[ABC, &["1", "", "2"], &["3", "NULL", "4"], &["5", "NULL", "6"]],
        ),
    ]);
    let latin1 = read(b"name\nCh\xE2teau\n", Encoding::parse("latin-1")).unwrap();
    assert_eq!(latin1, [["name"], ["Ch\u{e2}teau"]]);
}

#[test]
fn csv_test_data() {
    let foo: &[&str] = &["foo", "bar", "baz"];
    holds(&[
        ("empty-field", b"foo,bar,baz\n1,,3\n", &[foo, &["1", "", "3"]]),
        ("leading-space", b"foo,bar,baz\n1, leading space,3", &[foo, &["1", " leading space", "3"]]),
        ("trailing-space", b"foo,bar,baz\n1,trailing space ,3", &[foo, &["1", "trailing space ", "3"]]),
        ("one-column", b"foo\n1", &[&["foo"], &["1"]]),
        ("quotes-empty", b"foo,bar,baz\n1,\"\",3", &[foo, &["1", "", "3"]]),
        ("quotes-with-comma", b"foo,bar,baz\n1,\"Hey, you\",3", &[foo, &["1", "Hey, you", "3"]]),
        ("quotes-with-escaped-quote", b"foo,bar,baz\n1,\"\"\"Hey\"\"\",3", &[foo, &["1", "\"Hey\"", "3"]]),
        ("quotes-with-newline", b"foo,bar,baz\n1,\"two\nlines\",3", &[foo, &["1", "two\nlines", "3"]]),
        ("quotes-with-space", b"foo,bar,baz\n1,\"Field with spaces\",3", &[foo, &["1", "Field with spaces", "3"]]),
        ("trailing-newline", b"foo,bar,baz\n1,2,3\n", &[foo, &["1", "2", "3"]]),
        ("trailing-newline-one-field", b"foo\n1\n", &[&["foo"], &["1"]]),
        ("header-no-rows", b"foo,bar,baz", &[foo]),
        ("bad-header-less-fields", b"foo,bar,baz\n1,2", &[foo, REFUSED]),
        ("bad-header-more-fields", b"foo,bar,baz\n1,2,3,4", &[foo, REFUSED]),
        ("bad-missing-quote", b"foo,bar,baz\n1,\"I forgot to close this one,3", &[foo, REFUSED]),
        ("bad-quotes-with-unescaped-quote", b"foo,bar,baz\n1,\"Hey, I missed \" it\",3", &[foo, REFUSED]),
        // It refuses this one. Quotes within a field without quotes are letters here, as Pollock has
        // them, since inches and seconds are written so.
        (
            "bad-unescaped-quote",
            b"foo,bar,baz\n1,This \"quotes\" must be escaped,3",
            &[foo, &["1", "This \"quotes\" must be escaped", "3"]],
        ),
        // It takes an empty line for an empty field. Here it is no row, as in a file with more columns.
        ("empty-one-column", b"foo\n\n", &[&["foo"]]),
    ]);
    assert_eq!(read(b"\n", None), Err("empty file: the header is missing".to_owned()), "all-empty");
}

#[test]
fn pollock() {
    let row: &[&str] = &["1", "2", "3"];
    holds(&[
        ("file_no_trailing_newline", b"a,b,c\r\n1,2,3", &[ABC, row]),
        ("file_double_trailing_newline", b"a,b,c\r\n1,2,3\r\n\r\n", &[ABC, row]),
        ("file_header_only", b"a,b,c\r\n", &[ABC]),
        ("file_header_multirow_2", b"a,b,c\r\nd,e,f\r\n1,2,3\r\n", &[ABC, &["d", "e", "f"], row]),
        ("file_multitable_less", b"a,b,c\r\n1,2,3\r\n\r\na,b,c,d\r\n1,2,3,4\r\n", &[ABC, row, REFUSED, REFUSED]),
        ("file_field_delimiter_0x3B", b"a;b;c\r\n1;2;3\r\n", &[ABC, row]),
        ("file_field_delimiter_0x9", b"a\tb\tc\r\n1\t2\t3\r\n", &[ABC, row]),
        // A blank behind the comma is part of the field, and a quote behind the blank a letter.
        ("file_field_delimiter_0x2C_0x20", b"a, b\r\n1, \"2, 3\"\r\n", &[&["a", " b"], REFUSED]),
        ("file_record_delimiter_0xA", b"a,b,c\n1,2,3\n", &[ABC, row]),
        ("file_record_delimiter_0xD", b"a,b,c\r1,2,3\r", &[ABC, row]),
        ("file_quotation_char_0x27", b"a,b,c\r\n1,'2,0',3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("file_escape_char_0x5C", b"a,b,c\r\n1,\"2 \\\"x\\\"\",3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("row_less_sep", b"a,b,c\r\n12,3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("row_more_sep", b"a,b,c\r\n1,,2,3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("row_extra_quote at a field's start", b"a,b,c\r\n1,\"2,\"3\"\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("row_extra_quote at a field's end", b"a,b,c\r\n1,2\",3\r\n1,2,3\r\n", &[ABC, &["1", "2\"", "3"], row]),
        ("row_extra_quote in a quoted field", b"a,b,c\r\n1,\"2\"2\",3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
        ("row_field_delimiter_0x20", b"a,b,c\r\n1 2 3\r\n1,2,3\r\n", &[ABC, REFUSED, row]),
    ]);
    assert_eq!(read(b"", None), Err("empty file: the header is missing".to_owned()), "file_no_payload");
}

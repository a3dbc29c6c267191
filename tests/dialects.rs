//! The same night in every dialect, encoding and packing: the decisions are the same to the byte.

use std::io::Write;
use std::path::Path;

use crate::run::{Exports, Ran, arbiter_fed, arbiter_in, project};
use crate::table::{Column, texts};
use polars_arrow::array::{
    DictionaryArray, Float64Array, Int64Array, Int128Array, ListArray, MutableBinaryViewArray, MutableDictionaryArray,
    TryExtend, Utf8ViewArray,
};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_arrow::offset::OffsetsBuffer;
use polars_parquet::write::CompressionOptions;

/// Turns a text into what a file holds.
type Turn<'a> = &'a dyn Fn(&str) -> Vec<u8>;

/// The exports of the sample night.
#[derive(Clone)]
struct Night {
    orders: String,
    tracking: String,
    disputes: String,
}

impl Night {
    fn read() -> Self {
        let read = |name: &str| std::fs::read_to_string(project().join("fixtures/night").join(name)).unwrap();
        Self { orders: read("orders.csv"), tracking: read("tracking.csv"), disputes: read("disputes.csv") }
    }

    /// Each export turned into bytes, in files with an ending.
    fn as_files(&self, ending: &str, turn: impl Fn(&str) -> Vec<u8>) -> Exports {
        let exports = Exports::none();
        exports.write(&format!("orders.{ending}"), turn(&self.orders));
        exports.write(&format!("tracking.{ending}"), turn(&self.tracking));
        exports.write(&format!("disputes.{ending}"), turn(&self.disputes));
        exports
    }

    fn map(&self, turn: impl Fn(&str) -> String) -> Self {
        Self { orders: turn(&self.orders), tracking: turn(&self.tracking), disputes: turn(&self.disputes) }
    }

    /// What is decided of it as it stands.
    fn decided(&self) -> [Vec<u8>; 3] {
        decided(&self.as_files("csv", |text| text.as_bytes().to_vec()), &["."])
    }
}

/// Decisions, ledger and buyers of a run; `inputs` name the exports.
fn decided(exports: &Exports, inputs: &[&str]) -> [Vec<u8>; 3] {
    published(exports, &arbiter_in(exports.folder.path(), &call(inputs)))
}

fn call<'a>(inputs: &[&'a str]) -> Vec<&'a str> {
    [&["run"], inputs, &["--as-of", "2026-06-01", "--max-rejects", "10%"]].concat()
}

fn published(exports: &Exports, ran: &Ran) -> [Vec<u8>; 3] {
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    ["decisions.csv", "ledger.csv", "buyers.csv"].map(|name| outputs[name].clone())
}

/// A text with other separators, quoted where it must be, or everywhere.
fn separated(text: &str, delimiter: u8, line_end: &str, always: bool) -> String {
    let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let terminator = match line_end {
        "\r\n" => csv::Terminator::CRLF,
        end => csv::Terminator::Any(end.as_bytes()[0]),
    };
    // One row of the night has too few fields, on purpose.
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut builder = csv::WriterBuilder::new();
    builder.delimiter(delimiter).terminator(terminator).quote_style(style).flexible(true);
    let mut writer = builder.from_writer(Vec::new());
    reader.records().for_each(|record| writer.write_record(&record.unwrap()).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "the night has letters that {} does not", encoding.name());
    bytes.into_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

#[test]
fn separators_are_found() {
    let night = Night::read();
    let expected = night.decided();
    for (delimiter, line_end, always) in [
        (b',', "\n", true),
        (b';', "\n", false),
        (b';', "\r\n", true),
        (b'\t', "\r\n", false),
        (b'|', "\r", false),
        (b',', "\r", true),
        (b',', "\r\n", false),
    ] {
        let exports = night.as_files("csv", |text| separated(text, delimiter, line_end, always).into_bytes());
        let what = format!("{:?} {line_end:?} always quoted: {always}", char::from(delimiter));
        assert_eq!(decided(&exports, &["."]), expected, "{what}");
    }
}

#[test]
fn separators_can_be_given() {
    let night = Night::read();
    let exports = night.as_files("txt", |text| separated(text, b'\t', "\n", false).into_bytes());
    assert_eq!(decided(&exports, &[".", "--delimiter", "tab"]), night.decided());
}

#[test]
fn what_spreadsheets_put_before_the_header_is_passed_over() {
    let night = Night::read();
    let stated = |text: &str| format!("sep=;\r\n{}", separated(text, b';', "\r\n", false)).into_bytes();
    assert_eq!(decided(&night.as_files("csv", stated), &["."]), night.decided());
    let marked = |text: &str| [b"\xEF\xBB\xBF\r\n\r\n", text.as_bytes()].concat();
    assert_eq!(decided(&night.as_files("csv", marked), &["."]), night.decided());
}

#[test]
fn a_last_line_without_its_end_is_read_with_a_warning() {
    let night = Night::read();
    let cut = |text: &str| text.trim_end_matches('\n').as_bytes().to_vec();
    let exports = night.as_files("csv", cut);
    let ran = arbiter_in(exports.folder.path(), &call(&["."]));
    assert_eq!(published(&exports, &ran), night.decided());
    let warning = "note: disputes.csv: the last line has no line end; the file may have been cut\n";
    assert!(ran.stdout.contains(warning), "{}", ran.stdout);
}

#[test]
fn encodings_are_given_or_marked() {
    let night = Night::read();
    let expected = night.decided();
    let marked = |text: &str| utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes);
    assert_eq!(decided(&night.as_files("csv", marked), &["."]), expected);
    let marked = |text: &str| utf16(&format!("\u{FEFF}{text}"), u16::to_be_bytes);
    assert_eq!(decided(&night.as_files("csv", marked), &[".", "--encoding", "utf-16"]), expected);
    let unmarked = |text: &str| utf16(text, u16::to_le_bytes);
    assert_eq!(decided(&night.as_files("csv", unmarked), &[".", "--encoding", "utf-16le"]), expected);
    assert_eq!(decided(&night.as_files("csv", unmarked), &[".", "--encoding", "utf-16"]), expected);
    let unmarked = |text: &str| utf16(text, u16::to_be_bytes);
    assert_eq!(decided(&night.as_files("csv", unmarked), &[".", "--encoding", "UTF-16"]), expected);

    // Without letters that Cyrillic encodings do not have.
    let cyrillic = |text: &str| -> String {
        let is_common = |letter: &char| letter.is_ascii() || ('А'..='я').contains(letter) || *letter == 'ё';
        text.chars().map(|letter| if is_common(&letter) { letter } else { 'ж' }).collect()
    };
    let night = night.map(cyrillic);
    let expected = night.decided();
    for (name, encoding) in [
        ("windows-1251", encoding_rs::WINDOWS_1251),
        ("Windows-1251", encoding_rs::WINDOWS_1251),
        ("koi8-r", encoding_rs::KOI8_R),
        ("ibm866", encoding_rs::IBM866),
    ] {
        let exports = night.as_files("csv", |text| encoded(text, encoding));
        assert_eq!(decided(&exports, &[".", "--encoding", name]), expected, "{name}");
    }

    // Without letters that Western encodings do not have.
    let western = |text: &str| -> String {
        text.chars()
            .map(|letter| if letter > '\u{FF}' { 'a' } else { letter })
            .collect::<String>()
            .replace("Left", "Léft")
    };
    let night = night.map(western);
    let expected = night.decided();
    for name in ["windows-1252", "latin-1", "iso-8859-15"] {
        let encoding = encoding_rs::Encoding::for_label(name.replace("latin-1", "latin1").as_bytes()).unwrap();
        let exports = night.as_files("csv", |text| encoded(text, encoding));
        assert_eq!(decided(&exports, &[".", "--encoding", name]), expected, "{name}");
    }
}

#[test]
fn a_wrong_encoding_is_an_error_and_never_nonsense_in_an_output() {
    let night = Night::read();
    let plain = |text: &str| text.as_bytes().to_vec();
    let cyrillic = |text: &str| encoding_rs::WINDOWS_1251.encode(text).0.into_owned();
    let western =
        |text: &str| encoding_rs::WINDOWS_1252.encode(&text.replace("Left", "Déjà vu à l’été")).0.into_owned();
    let utf16 = |text: &str| utf16(text, u16::to_le_bytes);
    let cases: [(Turn, &[&str]); 10] = [
        (&plain, &["--encoding", "windows-1251"]),
        (&plain, &["--encoding", "windows-1252"]),
        (&plain, &["--encoding", "latin-1"]),
        (&plain, &["--encoding", "utf-16"]),
        (&cyrillic, &["--encoding", "windows-1252"]),
        (&cyrillic, &["--encoding", "latin-1"]),
        (&cyrillic, &["--encoding", "utf-16le"]),
        (&western, &["--encoding", "utf-16be"]),
        (&utf16, &[]),
        (&utf16, &["--encoding", "windows-1251"]),
    ];
    for (turn, arguments) in cases {
        let exports = night.as_files("csv", turn);
        let ran = arbiter_in(exports.folder.path(), &[&call(&["."])[..], arguments].concat());
        assert_eq!(ran.code, 66, "{arguments:?} {}", ran.stdout);
    }
    // Without an encoding a row that is not UTF-8 is rejected, and what it may be in is named.
    let exports = night.as_files("csv", cyrillic);
    let ran = arbiter_in(exports.folder.path(), &call(&["."]));
    assert_eq!(ran.code, 65, "{}", ran.stdout);
    assert!(ran.stdout.contains("--encoding windows-1251"), "{}", ran.stdout);
}

#[test]
fn packed_files_are_unpacked() {
    let night = Night::read();
    let expected = night.decided();
    assert_eq!(decided(&night.as_files("csv.gz", |text| gzip(text.as_bytes())), &["."]), expected);
    assert_eq!(decided(&night.as_files("csv.zst", |text| zstd(text.as_bytes())), &["."]), expected);
    // What a file is packed with is seen in it, whatever it is called.
    assert_eq!(decided(&night.as_files("csv", |text| gzip(text.as_bytes())), &["."]), expected);
    let in_two = |text: &str| {
        let (first, second) = text.split_at(text.find("\n").unwrap() + 100);
        [gzip(first.as_bytes()), gzip(second.as_bytes())].concat()
    };
    assert_eq!(decided(&night.as_files("csv.gz", in_two), &["."]), expected, "one after the other");
    let all = |text: &str| gzip(&utf16(&format!("\u{FEFF}{}", separated(text, b'\t', "\r\n", true)), u16::to_le_bytes));
    assert_eq!(decided(&night.as_files("tsv.gz", all), &["."]), expected, "everything at once");
}

#[test]
fn an_export_may_be_piped_in() {
    let night = Night::read();
    let exports = night.as_files("csv", |text| text.as_bytes().to_vec());
    let ran = arbiter_fed(exports.folder.path(), &call(&[".", "--tracking", "-"]), night.tracking.as_bytes());
    assert_eq!(published(&exports, &ran), night.decided());
    let exports = night.as_files("csv", |text| text.as_bytes().to_vec());
    let ran = arbiter_fed(exports.folder.path(), &call(&[".", "--orders", "-"]), &zstd(night.orders.as_bytes()));
    assert_eq!(published(&exports, &ran), night.decided());
}

/// The rows of a text in two halves, each with the header.
fn halves(text: &str) -> [String; 2] {
    let (header, rows) = text.split_once('\n').unwrap();
    let middle = rows.len() / 2
        + rows[rows.len() / 2..].find("\nD-").unwrap_or_else(|| rows[rows.len() / 2..].find('\n').unwrap());
    let (first, second) = rows.split_at(middle + 1);
    [first, second].map(|half| format!("{header}\n{half}"))
}

#[test]
fn an_export_may_lie_in_several_files() {
    let night = Night::read();
    let expected = night.decided();
    let exports = Exports::none();
    for (name, text) in [("orders", &night.orders), ("tracking", &night.tracking), ("disputes", &night.disputes)] {
        let [first, second] = halves(text);
        exports.write(&format!("{name}-2026-04.csv"), first);
        // The second half has its columns the other way round, and other separators.
        exports.write(&format!("{name}-2026-05.csv.gz"), gzip(reversed(&second).as_bytes()));
    }
    let patterns = ["--orders", "orders-*", "--tracking", "tracking-*", "--disputes", "disputes-*"];
    assert_eq!(decided(&exports, &patterns), expected, "by patterns");

    let again = Exports::none();
    for file in crate::run::entries(exports.folder.path()).iter().filter(|path| path.is_file()) {
        std::fs::copy(file, again.path(&file.file_name().unwrap().to_string_lossy())).unwrap();
    }
    let named = |export: &str| [format!("{export}-2026-04.csv"), format!("{export}-2026-05.csv.gz")];
    let [orders, tracking, disputes] = ["orders", "tracking", "disputes"].map(named);
    let inputs = [
        &["--orders", &orders[0], &orders[1]][..],
        &["--tracking", &tracking[0], &tracking[1]],
        &["--disputes", &disputes[0], "--disputes", &disputes[1]],
    ];
    assert_eq!(decided(&again, &inputs.concat()), expected, "one by one");
}

/// A text with its columns in the reverse order, separated by semicolons. Rows of another width stay
/// what they are.
fn reversed(text: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        writer.write_record(record.iter().rev()).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn a_repeated_row_is_one_in_whichever_file_it_stands() {
    let exports = Exports::small();
    // The same row with its columns the other way round, and one that claims the same id.
    exports.write(
        "more.csv",
        "reason;opened_at;buyer_id;order_id;dispute_id\n\
        not_received;2026-05-10T08:00:00Z;anna;O-1;D-1\nother;2026-05-10T08:00:00Z;anna;O-1;D-1\n",
    );
    let ran = exports.run(&["--disputes", "disputes.csv", "more.csv"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    assert_eq!(crate::run::table(&outputs["decisions.csv"]).len(), 1);
    let rejects = crate::run::table(&outputs["rejects.csv"]);
    assert_eq!(rejects.len(), 1);
    assert_eq!((rejects[0]["file"].as_str(), rejects[0]["line"].as_str()), ("more.csv", "3"));
    let expected = "a unique id; line 2 of disputes.csv has the same id and other text";
    assert_eq!(rejects[0]["expected"], expected);
}

/// The columns of a text; rows of another width are left out.
fn columns(text: &str) -> Vec<Column> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for record in reader.records().map(Result::unwrap).filter(|record| record.len() == names.len()) {
        for (cells, cell) in columns.iter_mut().zip(record.iter()) {
            cells.push(Some(cell.to_owned()).filter(|cell| !cell.is_empty()));
        }
    }
    names.iter().zip(columns).map(|(name, cells)| texts(name, cells)).collect()
}

fn write_parquet(path: &Path, columns: &[Column]) {
    crate::table::write(path, columns, CompressionOptions::Zstd(None));
}

/// The texts as a dictionary and where each row's stands in it.
fn as_dictionary((name, values): Column) -> Column {
    let texts: &Utf8ViewArray = values.as_any().downcast_ref().unwrap();
    let mut dictionary = MutableDictionaryArray::<i32, MutableBinaryViewArray<str>>::new(false);
    dictionary.try_extend(texts.iter()).unwrap();
    (name, DictionaryArray::from(dictionary).boxed())
}

#[test]
fn parquet_is_read_as_text_is() {
    use CompressionOptions::{Brotli, Gzip, Lz4Raw, Snappy, Uncompressed, Zstd};
    // Its rows all have the same width, so the one that has not is left out of both.
    let night = Night::read().map(|text| {
        let width = text.lines().next().unwrap().split(',').count();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let records = reader.records().map(Result::unwrap).filter(|record| record.len() == width);
        records.for_each(|record| writer.write_record(&record).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    });
    let expected = night.decided();
    for (number, packing) in [Zstd(None), Snappy, Gzip(None), Brotli(None), Lz4Raw, Uncompressed].iter().enumerate() {
        let exports = Exports::none();
        for (name, text) in [("orders", &night.orders), ("tracking", &night.tracking), ("disputes", &night.disputes)] {
            let columns = columns(text).into_iter();
            let columns: Vec<_> =
                if number % 2 == 0 { columns.collect() } else { columns.map(as_dictionary).collect() };
            crate::table::write(&exports.path(&format!("{name}.parquet")), &columns, *packing);
        }
        assert_eq!(decided(&exports, &["."]), expected, "{packing:?}");
    }
}

#[test]
fn typed_columns_of_parquet_are_read_digit_by_digit() {
    let exports = Exports::small();
    let text = |name: &str, cell: &str| texts(name, [Some(cell)]);
    // 2026-03-01T08:00:00 and 2026-03-02T08:00:00 in UTC, in microseconds.
    let at = |name: &str, seconds: i64| {
        let kind = ArrowDataType::Timestamp(TimeUnit::Microsecond, None);
        (name.to_owned(), Int64Array::from_vec(vec![seconds * 1_000_000]).to(kind).boxed())
    };
    let columns = [
        text("order_id", "O-1"),
        text("buyer_id", "anna"),
        text("seller_id", "shop"),
        text("currency", "USD"),
        ("goods_total".to_owned(), Int128Array::from_vec(vec![2490]).to(ArrowDataType::Decimal(38, 2)).boxed()),
        ("shipping_fee".to_owned(), Float64Array::from_vec(vec![3.4]).boxed()),
        ("quantity".to_owned(), Int64Array::from_vec(vec![2]).boxed()),
        at("paid_at", 1_772_352_000),
        at("shipped_at", 1_772_438_400),
    ];
    write_parquet(&exports.path("orders.parquet"), &columns);
    let ran = exports.run(&["--orders", "orders.parquet", "--timezone", "Europe/Moscow"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let outputs = exports.outputs("runs");
    assert!(crate::run::table(&outputs["rejects.csv"]).is_empty(), "{}", ran.stdout);
    let ledger = crate::run::table(&outputs["ledger.csv"]);
    // 24.90 and 3.40 of shipping.
    assert_eq!(ledger[0]["escrow"], "28.30");
    // Shipped 2026-03-02 08:00 in Moscow, that is 05:00Z; 60 days later.
    let explanation = &crate::run::table(&outputs["decisions.csv"])[0]["explanation"];
    assert!(explanation.contains("2026-05-01"), "{explanation}");
}

/// A damaged table is a fault of its file, whatever the library makes of it.
#[test]
fn damaged_parquet_is_a_fault_of_its_file() {
    let exports = Exports::small();
    write_parquet(&exports.path("orders.parquet"), &columns(crate::run::ORDERS));
    let whole = std::fs::read(exports.path("orders.parquet")).unwrap();
    let place = whole.len() - 8;
    for at in (4..place).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        damaged[at..(at + 3).min(place)].fill(0xEE);
        exports.write("orders.parquet", &damaged);
        let ran = exports.run(&["--orders", "orders.parquet", "--out", &at.to_string()]);
        assert!(matches!(ran.code, 0 | 66), "{at}: {} {}", ran.code, ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{at}: {}", ran.stderr);
    }
}

/// A column that cannot be read must not count as one that is not there: then nobody would be blamed
/// for what it holds.
#[test]
fn a_column_of_parquet_of_an_unknown_kind_is_refused_where_it_is_needed_or_known() {
    let exports = Exports::small();
    let list = |name: &str| {
        let (kind, items) = (ListArray::<i64>::default_datatype(ArrowDataType::Int64), Int64Array::from_vec(vec![1]));
        let ends = OffsetsBuffer::try_from(vec![0, 1]).unwrap();
        (name.to_owned(), ListArray::<i64>::new(kind, ends, items.boxed(), None).boxed())
    };
    let disputes = |more: Column| {
        let columns: Vec<_> = columns(crate::run::DISPUTES).into_iter().chain([more]).collect();
        write_parquet(&exports.path("disputes.parquet"), &columns);
        exports.run(&["--disputes", "disputes.parquet"])
    };
    assert_eq!(disputes(list("tags")).code, 0, "a column that is not read may be anything");
    let ran = disputes(list("photos"));
    assert_eq!(ran.code, 66);
    assert!(ran.stderr.contains("unsupported type") && ran.stderr.contains("of column photos"), "{}", ran.stderr);
}

#[test]
fn half_a_cent_in_a_binary_fraction_is_a_fault_and_not_rounded() {
    let exports = Exports::small();
    let mut columns: Vec<_> =
        columns(crate::run::ORDERS).into_iter().filter(|(name, _)| name != "goods_total").collect();
    columns.push(("goods_total".to_owned(), Float64Array::from_vec(vec![0.1 + 0.2]).boxed()));
    write_parquet(&exports.path("orders.parquet"), &columns);
    let ran = exports.run(&["--orders", "orders.parquet"]);
    assert!(ran.is_published(), "{}", ran.stderr);
    let rejects = crate::run::table(&exports.outputs("runs")["rejects.csv"]);
    assert_eq!((rejects[0]["line"].as_str(), rejects[0]["value"].as_str()), ("1", "0.30000000000000004"));
}

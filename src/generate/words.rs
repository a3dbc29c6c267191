//! What people are called and write: plain and awkward texts alike, as exports have them.

use arbiter_model::dispute::Reason;

/// Names that buyers choose.
pub(crate) const NAMES: &[&str] = &[
    "anna", "igor", "olga", "sergey", "carla", "joao", "maria", "dmitry", "elena", "pavel", "lucas", "yulia", "hans",
    "petra", "kenji", "aigul", "oksana", "taras", "noor", "jack",
];

/// What buyers write with a claim.
pub(crate) fn about(reason: Reason) -> &'static [&'static str] {
    match reason {
        Reason::NotReceived | Reason::NotTrackable | Reason::WrongAddress => PARCEL,
        Reason::ColourMismatch | Reason::MinorMismatch => COLOUR,
        Reason::SizeMismatch => SIZE,
        Reason::FakeCapacity => CAPACITY,
        Reason::Defective | Reason::Damaged => DEFECT,
        Reason::QuantityShort | Reason::EmptyParcel => MISSING,
        _ => OTHER,
    }
}

const PARCEL: &[&str] = &[
    "Nothing came. The tracking stopped weeks ago, and the seller says \"wait\".",
    "Посылка не пришла, трек не обновляется",
    "Трек не отслеживается,\nпродавец просит \"подождать ещё\"",
    "O pedido não chegou, o rastreio parou em Curitiba",
    "Written to the seller twice, no answer",
    "Вручено кому-то другому: на почте говорят, что выдали \"Иванову\"",
];

const COLOUR: &[&str] = &[
    "Colour is wrong: ordered \"navy\", got grey",
    "цвет не тот, на фото ярче",
    "A cor não é a do anúncio, é \"vinho\" e não vermelho",
];

const SIZE: &[&str] = &[
    "Пришёл не тот размер, заказывала M, пришёл S",
    "too small by two sizes, measured as in the seller's table",
    "Manga curta demais, comprei \"G\"",
];

const CAPACITY: &[&str] =
    &["Флешка показывает 64 ГБ, h2testw даёт 7", "Sold as \"128 GB\"; test says 14.8\nscreenshot attached"];

const DEFECT: &[&str] = &[
    "Экран разбит, коробка мятая.\nЕсть видео распаковки",
    "Does not switch on; tried another cable, another socket",
    "Chegou quebrado, a caixa estava amassada",
    "=see photo 2",
];

const MISSING: &[&str] = &[
    "Only part of it was in the bag, see the photos",
    "В пакете было пусто, \"сняла на видео\"",
    "faltam peças, vieram menos do que pedi",
];

const OTHER: &[&str] = &[
    "Not as described",
    "Veio outro produto, \"capinha\" em vez de película",
    "подделка, логотип \"криво\" пришит, швы торчат",
    "заказала дважды по ошибке",
    "Box was open when it came, seller says \"ask the post\"",
];

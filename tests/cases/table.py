"""The cases: an input as people have it, the commands that meet it, and what they say.

A line that must be (or must not be) in the output is written with ``...`` for whatever stands between its words,
``a | b`` for either, and ``^`` before it where it must begin a line. Capital letters make no difference, and no line
wraps.
"""

from __future__ import annotations

from dataclasses import dataclass

RUN = "mlpstudy run study.toml --seeds 2 --epochs 2 --no-figures"


@dataclass(frozen=True, slots=True)
class Case:
    """One input and what is right for it."""

    folder: str
    """The folder beside this file that holds the input; it names the case."""
    relatives: str
    """What else is of this kind, and must be treated alike."""
    commands: tuple[str, ...]
    """What is called in a copy of the folder; ``frame NAME`` loads one of ``frames.py`` and prints its classes."""
    says: tuple[str, ...]
    """Lines that must be in the output."""
    never_says: tuple[str, ...] = ()
    """Lines that must not be."""
    exit_code: int = 0
    """That of the last command; the ones before it end with 0."""


def shown(file: str) -> tuple[str, ...]:
    """Return the commands with which a table is looked at and a study of it is proposed."""
    return f"mlpstudy data show {file}", f"mlpstudy init {file}"


ENCODED = (
    Case(
        "text-named-xlsx",
        "HTML named .xls, as web pages export it; CSV named .parquet, .npz; XLSX named .csv",
        ("mlpstudy data show export.xlsx",),
        ("60 examples, 3 columns, 2 classes",),
    ),
    Case(
        "compressed-csv",
        ".tsv.gz, .txt.gz, .data.gz; gzip without .gz in its name; a bomb; a file that is cut off; at predict",
        shown("rows.csv.gz"),
        ("rows.csv.gz: 60 examples, 2 columns, 2 classes", "x (30), y (30)"),
        ("UTF-16",),
    ),
    Case(
        "utf-16",
        "big-endian; no byte order mark; commas or semicolons; cp1252, Latin-1, Mac Roman; at predict",
        shown("unicode-text.csv"),
        ("60 examples, 3 columns, 2 classes", "unicode-text.csv ... UTF-16"),
        ("iconv",),
    ),
    Case(
        "excel-workbook",
        "several sheets; dates, truth values and errors in cells; banners; an empty sheet; .xls, .xlsm, .ods; a bomb",
        ("mlpstudy data show book.xlsx",),
        ("examples ... columns ... classes", "sheet"),
        ("a name that ends in",),
    ),
    Case(
        "arff",
        "quoted names and classes; sparse rows; dates; comments between; a class that no row has",
        shown("loans.arff"),
        ("40 examples, 3 columns, 2 classes", "ARFF", "job kind ... category", "low risk"),
        ("a name that ends in",),
    ),
)

NUMBERS = (
    Case(
        "decimal-commas-in-quotes",
        "some cells without comma and quotes; three digits behind every comma; thousands of points",
        shown("countries.csv"),
        ("density ... number ... 0 to 8", "density ... decimal comma"),
        ("must be a number",),
    ),
    Case(
        "ranges-of-money",
        "ranges of years and of per cent; 150,000+; < 5; one class of a survey",
        ("mlpstudy data show survey.csv --target kind", "mlpstudy init survey.csv --target kind"),
        ("income ... category ... 3",),
        ("income ... number",),
    ),
    Case(
        "decimal-comma",
        "-3,5; 1.234,5; quoted in a file of commas; a column of three digits after each comma; the target; at predict",
        shown("weather.csv"),
        ("temp ... number ... 36 to 40.9, mean 38.4", "mass ... number ... 1 to 1.85", "decimal comma"),
        ("must be a number",),
    ),
    Case(
        "excel-errors-few",
        "#N/A, #NAME?, #NUM!, #REF!; a point, a dash; NV; several of them in one column; in the target; at predict",
        shown("prices.csv"),
        ("price ... number", "price ... #DIV/0! ... missing"),
        ("must be a number",),
    ),
    Case(
        "excel-errors-many",
        "over a tenth of the column; nearly all of it; #WERT!, #DIV/0!; missing = [...] of words of one's own",
        shown("prices.csv"),
        ("price ... number ... 34", "price ... #VALUE! (34) ... missing"),
        ("price ... category",),
    ),
    Case(
        "percent",
        "10 %; $5, 5 EUR, kg; negative, with decimals; some cells only; two units in one column; at predict",
        shown("prices.csv"),
        ("price ... number", "price ... percent | %"),
        ("price ... identifier",),
    ),
    Case(
        "code-for-missing",
        "-200, 9999, 99; 0 where nothing else is near it; several codes; a code that is in the range of the others",
        shown("prices.csv"),
        ("price ... -999 ... 30 ... missing",),
    ),
    Case(
        "thousands-or-decimals",
        "1,234,567; 1.234; 1'234; blanks; 1,5 beside 1,010; delimiters other than commas",
        ("mlpstudy init prices.csv",),
        ("price ... 1,010 ... thousands",),
        ("write 1.5 for 1,5",),
        exit_code=1,
    ),
    Case(
        "digits-among-names",
        "house numbers, rooms, flights; mostly names; one name alone; a column of words and a few numbers; at predict",
        shown("passengers.csv"),
        ("ticket ... category", "ticket ... identifier"),
        ("must hold numbers",),
    ),
    Case(
        "long-identifier",
        "16 digits; leading zeros; 0x; in Parquet; floats that end in .0; at predict",
        shown("orders.csv"),
        ("id ... identifier",),
        ("2 features",),
    ),
)

LINES = (
    Case(
        "counts-line",
        "two counts alone; as many cells as the rows have; names of two classes",
        ("mlpstudy data show flowers.csv",),
        ("60 examples, 3 columns", "first line"),
        ("setosa ... number",),
    ),
    Case(
        "line-before-the-test",
        "before the training file too; a header in one of the two; classes that end in a point; at predict",
        (RUN,),
        ("people.test ... >50K. ... one of <=50K",),
        exit_code=1,
    ),
    Case(
        "names-in-three-lines",
        "two lines of names without units; groups over the columns, with empty cells; an index named below",
        shown("measured.csv"),
        ("60 examples, 3 columns, 2 classes", "three lines | 3 lines | first lines"),
        ("must have a name of its own",),
    ),
    Case(
        "banner-padded",
        "without the empty line; a banner of two lines; notes behind the rows; in XLSX",
        shown("gemeinden.csv"),
        ("60 examples, 4 columns, 2 classes", "Quelle", "Fläche ... number", "groß (30), klein (30)"),
    ),
    Case(
        "empty-rows-at-the-end",
        "between the rows; empty cells in quotes; one row; in XLSX; a footer after them",
        shown("air.csv"),
        ("60 examples, 4 columns, 2 classes", "CO ... number ... 1 to 6.9", "8 ... blank | empty ... left out"),
    ),
    Case(
        "tab-before-the-last-cell",
        "two tabs between some cells; blanks beside tabs throughout; a tab within quotes",
        ("mlpstudy data show cars.data --target 'column 4'",),
        ("60 examples, 5 columns, 2 classes", "blanks between cells | blanks and tabs"),
    ),
    Case(
        "column-called-number-sign",
        "a first column called ; or %; names that begin with #; one cell of the line",
        shown("creatures.csv"),
        ("60 examples, 4 columns, 2 classes", "^ # ... number", "#moves ... number"),
        ("comment",),
    ),
    Case(
        "unnamed-index",
        "from 1; from 0 with gaps; R's row names; named Unnamed: 0; last instead of first; in Parquet; at predict",
        shown("frame.csv"),
        ("frame.csv: 60 examples, 3 columns, 2 classes", "first column has no name ... left out"),
        ("must have a name",),
    ),
    Case(
        "blanks-between-cells",
        "blanks before the first cell; tabs and blanks mixed; quoted text with blanks; R's row names; no header",
        shown("table.txt"),
        ("60 examples, 3 columns, 2 classes", "blanks between cells", "a ... number ... 36 to 40.9"),
    ),
    Case(
        "trailing-delimiter",
        "in the header too; in some rows only; semicolons; two of them; the last column empty but named; at predict",
        shown("rows.csv"),
        ("60 examples, 3 columns, 2 classes", "empty ... left out"),
        ("quote a cell",),
    ),
    Case(
        "comment-line",
        "several; %, ;, //; after the header; between rows; a banner without a mark; an empty line; at predict",
        shown("export.csv"),
        ("60 examples, 3 columns, 2 classes", "comment"),
    ),
    Case(
        "no-header-letters",
        "no letter twice; a class in the first column; one row; two columns; header = false in the study; at predict",
        ("mlpstudy data show mushrooms.csv",),
        ("60 examples, 7 columns", "first line ... header"),
        ("rename one",),
    ),
    Case(
        "no-header-numbers",
        "numbers alone; a missing cell in the first line; names that are years; a test file; blanks between cells",
        shown("flowers.csv"),
        ("60 examples, 5 columns, 3 classes", "setosa (20)", "first line ... header"),
        ("5.0 ... number",),
    ),
    Case(
        "orange-table",
        "the prefixes of one line (m#, C#, cD#); meta and ignored columns; values that are listed; times",
        shown("risks.tab"),
        ("40 examples, 3 columns, 2 classes", "Orange", "low (27), high (13)"),
    ),
    Case(
        "units-line",
        "in brackets; types instead of units; three lines; cells of the line empty; a test file; at predict",
        shown("measured.csv"),
        ("60 examples, 3 columns, 2 classes", "second line ... units | kg"),
    ),
    Case(
        "names-of-lines",
        "CR LF; some names alone; no-break spaces; semicolons between; a workbook; a test file; at predict",
        shown("measured.csv"),
        ("60 examples, 3 columns, 2 classes", 'line ends in the column names ... "mass (kg)"'),
    ),
    Case(
        "names-twice",
        "three times; capital letters alone differ; with blanks behind; names of two lines; in Parquet and frames",
        ("mlpstudy data show genes.csv",),
        ("call ... 3 ... 5", "transpose | genes in rows"),
        exit_code=1,
    ),
)

DATES = (
    Case(
        "compact-date",
        "a time behind it; days that are none; whole numbers that only look so; in Parquet; at predict",
        shown("days.csv"),
        ("Date ... date ... 2022-01-13",),
        ("^ Date ... number",),
    ),
    Case(
        "day-first-date",
        "month first; no day over 12 (asked); points, dashes; two-digit years; names of months; at predict",
        shown("days.csv"),
        ("Date ... date ... 2022-01-13", "Date ... day first"),
        ("identifier",),
    ),
    Case(
        "date-with-offset",
        "Z; +0200; several offsets; fractions of a second; a blank for the T; offsets in Parquet; at predict",
        shown("times.csv"),
        ("Date ... date ... 2022-01-13",),
        ("identifier",),
    ),
    Case(
        "truth-values-of-two-formats",
        "yes/no, t/f, 0/1, TRUE; target or feature; a frame that trains, a file that predicts; nullable ones",
        (RUN,),
        ("Test accuracy",),
        ("must be a class",),
    ),
)

FRAMES = (
    Case(
        "frame-truth-values-with-a-gap",
        "all missing; a feature; Polars; pandas' string and category; on_missing_target in Python",
        ("frame boolean_target_with_a_gap",),
        ("kind ... missing | no class",),
        exit_code=1,
    ),
    Case(
        "frame-names-twice",
        "the target; two of them; in another order; more than two",
        ("frame one_name_twice",),
        ('"a" twice',),
        exit_code=1,
    ),
    Case(
        "frame-one-and-text-one",
        "True and 'True'; 1.0; tuples; None",
        ("frame one_and_text_one",),
        ('"1" twice',),
        exit_code=1,
    ),
    Case(
        "frame-nullable-numbers",
        "Float64, UInt8, boolean; all missing; NA in object columns; Arrow's types",
        ("frame nullable_numbers",),
        ("classes no, yes",),
    ),
    Case(
        "labels-with-blanks",
        "tabs; no-break spaces; bytes; NPY, NPZ and libsvm; at score",
        ("frame labels_with_blanks",),
        ("classes no, yes",),
    ),
    Case(
        "index-level",
        "two levels; a name of the index; Unnamed: 0; a frame with an index in Python; at predict without it",
        ("mlpstudy data show filtered.parquet", "mlpstudy init filtered.parquet"),
        ("46 examples, 4 columns, 2 classes", "__index_level_0__ ... left out", "yes (24), no (22)"),
    ),
)

ARRAYS = (
    Case(
        "npz-colour",
        "channels first; four channels; floats of 0 to 1; one channel; NPY; Python",
        ("mlpstudy data show pictures.npz",),
        ("60 examples, 8 x 8 pixels", "grey"),
    ),
    Case(
        "npz-of-medmnist",
        "without val; images and labels; data and target; arr_0, arr_1; several labels an example (refused)",
        ("mlpstudy data show pictures.npz", "mlpstudy init pictures.npz"),
        ("60 training, 12 validation, 18 test examples",),
        ("must hold the arrays",),
    ),
    Case(
        "npz-one-hot",
        "bytes and truth values; rows of two ones (refused), of none; NPY; Python; probabilities (refused)",
        ("mlpstudy data show pictures.npz",),
        ("60 examples, 8 x 8 pixels, 3 classes", "one-hot"),
    ),
    Case(
        "npz-with-validation",
        "x_valid, x_validation; labels without features; other arrays, named as not used",
        ("mlpstudy data show pictures.npz", "mlpstudy init pictures.npz"),
        ("60 training, 12 validation, 18 test examples",),
    ),
    Case(
        "wider-test",
        "narrower; indices from 0; at predict; a training file that is wider",
        (RUN,),
        ("test.libsvm ... features | indices ... ignored | left out", "Test accuracy"),
    ),
)

PICTURES = (
    Case(
        "images-with-junk",
        "Thumbs.db, @eaDir, __pycache__, .ipynb_checkpoints, empty and hidden folders; within a class; within train",
        ("mlpstudy data show pets",),
        ("8 examples, 8 x 8 pixels, 2 classes", "passed over"),
    ),
    Case(
        "images-of-two-spellings",
        "the training names decomposed, the test names not; both in one folder; columns, classes and study files",
        ("mlpstudy data show food",),
        ("8 examples, 4 test examples", "2 classes"),
    ),
    Case(
        "images-one-level-down",
        "two levels; junk beside it; classes without train and test",
        ("mlpstudy data show archive",),
        ("8 examples, 4 test examples ... 2 classes",),
    ),
    Case(
        "images-test-lacks-class",
        "the validation part; tables, arrays and libsvm",
        ("mlpstudy data show pets",),
        ("2 classes", "dog ... test"),
    ),
    Case(
        "images-in-three-splits",
        "Train, VALID, validation, testing; train and val alone; other folders beside them; no train",
        ("mlpstudy data show pets", "mlpstudy init pets"),
        ("8 training, 4 validation, 4 test examples", "2 classes"),
        (
            "^ val",
            "^ train",
        ),
    ),
    Case(
        "images-beside-others",
        "classes beside splits; splits of several sets (refused); a train beside other folders (refused)",
        ("mlpstudy data show archive", "mlpstudy init archive"),
        (
            "8 training, 4 validation, 4 test examples",
            "figures is passed over",
            ".txt (1) ... no folder of a class (1)",
            "6 of 16 images have colours and are made grey",
        ),
        ("^ figures",),
    ),
    Case(
        "images-without-training",
        "test alone; classes beside test; images in no folder; splits in the folders of classes",
        ("mlpstudy data show pets",),
        ("must have a folder of training images beside test and val",),
        exit_code=1,
    ),
    Case(
        "images-turned",
        "all eight orientations; JPEG, TIFF, WEBP; at predict; where half of them are turned",
        ("mlpstudy data show turned", "mlpstudy data show plain"),
        ("turned: 8 examples, 40 x 30 pixels", "plain: 8 examples, 40 x 30 pixels"),
    ),
)

WARNINGS = (
    Case(
        "missing-targets",
        "a missing word; in Parquet; in the test file (always refused?); all of them; a class of one after it",
        ("mlpstudy init rows.csv",),
        ("kind ... 3 ... row ... 4 ... on_missing_target",),
        exit_code=1,
    ),
    Case(
        "class-of-one",
        "several such classes; two examples; a class of the test file alone; groups; images; arrays",
        shown("rows.csv"),
        ('class "c" ... one ... never tested | training',),
    ),
    Case(
        "column-is-the-answer",
        "equal to the target; a number beyond a threshold; a date that is there only with the event; in Parquet",
        shown("ship.csv"),
        ('"alive" gives the class away',),
    ),
    Case(
        "rows-repeated",
        "features alone repeat, with another class; across a test file; images; sparse rows",
        ("mlpstudy init rows.csv",),
        ("test examples ... training",),
    ),
    Case(
        "rows-in-groups",
        "families, sessions; numbers as names; a group in every row; group already set",
        ("mlpstudy init patients.csv",),
        ('group = "patient"',),
    ),
    Case(
        "batch-of-one",
        "a batch size of 1; no batch normalisation; the number of training examples after a split",
        (RUN,),
        ("batch ... one example", "Test accuracy"),
    ),
    Case(
        "unscaled",
        "one of many columns; arrays; sparse; some seeds diverge only; metric and judging afterwards",
        (RUN, "mlpstudy show runs/s"),
        ("^Warning ... numeric ... scale", "all 4 diverged", "no run"),
        ("seeds 5",),
    ),
)

PREDICTED = (
    Case(
        "further-column",
        "several; the target among them; Parquet; a column of the study missing (refused); score",
        (RUN, "mlpstudy predict runs/s new.csv"),
        ("extra ... ignored | not used",),
    ),
    Case(
        "one-column",
        "tabs; no delimiter at all; quoted; a study of one category; Parquet; score",
        (RUN, "mlpstudy predict runs/s new.csv"),
        ("=1+1|x",),
        ("at least two columns",),
    ),
    Case(
        "names-that-are-code",
        "-1+1, @SUM, a tab first; classes and column names; predictions; summaries; Markdown's pipes; TeX's signs",
        (
            RUN,
            "mlpstudy show runs/s --format csv",
            "mlpstudy show runs/s --format markdown",
            "mlpstudy show runs/s --format latex",
        ),
        ("'=cmd,", r"a\|b&lt;c", r"a\textbar{}b\textless{}c\textgreater{}"),
        ("^=cmd,", "^+5,"),
    ),
)

CASES = (
    *ENCODED,
    *NUMBERS,
    *LINES,
    *DATES,
    *FRAMES,
    *ARRAYS,
    *PICTURES,
    *WARNINGS,
    *PREDICTED,
)

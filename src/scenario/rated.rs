//! A scenario around a usage file: its accounts, who have used what it says and are never kept from it. Must not know what is done
//! with the bills.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Scenario;
use super::load::{Overrides, read, resolve};
use super::recorded::Recordings;
use crate::text::keys::quoted;
use crate::text::node::{self, Entry, Node, Raw};
use crate::text::{Problem, Problems, Sources};
use crate::usage::{Ledger, MovementKind, Usage, read_ledger, read_usage};

/// Id of the one segment.
pub const ACCOUNTS: &str = "accounts";
/// What an account opens with whose ledger does not say it: more than it can spend.
const PLENTY: i64 = 1_000_000_000;
/// A grace that no horizon reaches.
const NEVER: &str = "73000d";
/// After the last month of the usage its bill is still to come.
const DAYS_FOR_THE_BILL: i32 = 3;

/// The files of a rating.
#[derive(Clone, Debug)]
pub struct Files {
    /// Price books, one for each product.
    pub books: Vec<PathBuf>,
    /// The usage.
    pub usage: PathBuf,
    /// What moved beside it.
    pub ledger: Option<PathBuf>,
    /// The account policy.
    pub policy: Option<PathBuf>,
}

/// What the files say.
#[derive(Clone, Debug)]
pub struct Material {
    /// The usage.
    pub usage: Arc<Usage>,
    /// What moved beside it.
    pub ledger: Option<Arc<Ledger>>,
}

impl Material {
    /// The same of some accounts, given in rising order.
    pub fn only(&self, accounts: &[usize]) -> Material {
        let usage = self.usage.only(accounts);
        let ledger = self.ledger.as_ref().map(|ledger| {
            let of = usage.accounts.iter().filter_map(|name| ledger.of.get_key_value(name));
            let of = of.map(|(name, movements)| (name.clone(), movements.clone())).collect();
            Arc::new(Ledger { digest: ledger.digest.clone(), of })
        });
        Material { usage: Arc::new(usage), ledger }
    }
}

impl Files {
    /// Reads them all and puts a scenario around them.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn scenario(&self, overrides: &Overrides, sources: &mut Sources) -> Result<Scenario, Problems> {
        let material = self.read(overrides, sources)?;
        self.around(&material, overrides, sources)
    }

    /// Reads usage and ledger.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn read(&self, overrides: &Overrides, sources: &mut Sources) -> Result<Material, Problems> {
        let mut problems = Problems::default();
        let usage = read_usage(&self.usage, None, overrides.parquet, sources, &mut problems);
        let ledger = self.ledger.as_ref().and_then(|path| read_ledger(path, None, sources, &mut problems));
        match usage.filter(|_| problems.is_empty()) {
            Some(usage) => Ok(Material { usage: Arc::new(usage), ledger: ledger.map(Arc::new) }),
            None => Err(problems),
        }
    }

    /// The scenario of what was read. Its horizon begins with the first row, or with an earlier purchase or payment, and ends when
    /// every bill of the usage has been issued.
    ///
    /// # Errors
    /// All mistakes found, with places in `sources`.
    pub fn around(
        &self,
        material: &Material,
        overrides: &Overrides,
        sources: &mut Sources,
    ) -> Result<Scenario, Problems> {
        let mut problems = Problems::default();
        let Material { usage, ledger } = material;
        let books = self.books(sources, &mut problems);
        let policy = self.policy.as_ref().map(|path| read(path, None, sources, &mut problems));
        products_are_known(&books, usage, &mut problems);
        if ledger.is_none() {
            books.iter().for_each(|(id, book)| needs_no_ledger(id, book, &mut problems));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let root = self.root(&books, policy.flatten(), usage, ledger.as_deref(), sources, &mut problems);
        let plays_arrears = ledger.is_some() && usage.is_timed();
        let mut set: Vec<String> = books.iter().flat_map(|(id, book)| as_metered(id, book, plays_arrears)).collect();
        set.extend(overrides.set.iter().cloned());
        let overrides = Overrides { set, ..overrides.clone() };
        let usage = (full(&self.usage), usage.clone());
        let ledger = self.ledger.as_ref().map(|path| full(path)).zip(ledger.clone());
        resolve(root, Path::new("rate"), &overrides, Recordings::of(usage, ledger), sources, problems)
    }

    /// The books with the ids of their products.
    fn books(&self, sources: &mut Sources, problems: &mut Problems) -> Vec<(String, Node)> {
        let mut books: Vec<(String, Node)> = vec![];
        for path in &self.books {
            let Some(book) = read(path, None, sources, problems) else { continue };
            match book.get("product").and_then(Node::text).map(str::to_owned) {
                None => problems.push(
                    Problem::new(format!("{} is no price book that says its `product`", path.display()))
                        .cure("add product = \"ID\" at its top"),
                ),
                Some(id) if books.iter().any(|(known, _)| *known == id) => problems.push(
                    Problem::new(format!("two price books are of `{id}`"))
                        .at(book.get("product").and_then(|n| n.place)),
                ),
                Some(id) => books.push((id, book)),
            }
        }
        books
    }

    fn root(
        &self,
        books: &[(String, Node)],
        policy: Option<Node>,
        usage: &Usage,
        ledger: Option<&Ledger>,
        sources: &mut Sources,
        problems: &mut Problems,
    ) -> Node {
        let by_product =
            policy.as_ref().and_then(|policy| policy.get("balance")).and_then(Node::text) == Some("product");
        let (first, last) = horizon(usage, ledger);
        let days = (last - first).get_days() + 1;
        let file = |path: &Path| quoted(&full(path));
        let opening = format!("opening_balance = {PLENTY}");
        let mut text = format!(
            "name = \"rate\"\nstart = {first}\ndays = {days}\n[[segments]]\nid = \"{ACCOUNTS}\"\npayer = {{ kind = \"never\" }}\n"
        );
        if !by_product {
            text.push_str(&format!("{opening}\n"));
        }
        if let Some(path) = &self.ledger {
            text.push_str(&format!("account_ledger = {}\n", file(path)));
        }
        for (id, _) in books {
            let opening = if by_product { format!(", {opening}") } else { String::new() };
            let demand = format!("{{ kind = \"recorded\", file = {} }}", file(&self.usage));
            text.push_str(&format!("products.{} = {{ demand = {demand}{opening} }}\n", quoted(id)));
        }
        let source = sources.add("rate", text);
        let mut root = node::parse(sources, source, problems);
        if let Raw::Table(entries) = &mut root.value {
            let entry = |(id, book): &(String, Node)| Entry { key: id.clone(), place: None, node: book.clone() };
            let books = Raw::Table(books.iter().map(entry).collect());
            entries.push(Entry { key: "books".to_owned(), place: None, node: Node { place: None, value: books } });
            entries.extend(policy.map(|node| Entry { key: "account".to_owned(), place: None, node }));
        }
        root
    }
}

/// First and last date of the horizon: to the end of the last month, and until its bill is there.
fn horizon(usage: &Usage, ledger: Option<&Ledger>) -> (Date, Date) {
    let (mut first, last) = usage.dates().unwrap_or((Date::ZERO, Date::ZERO));
    let moves = |kind| {
        use MovementKind::{CreditLine, Purchase, TopUp, Voucher};
        matches!(kind, CreditLine | Purchase | TopUp | Voucher)
    };
    for movement in ledger.into_iter().flat_map(|ledger| ledger.of.values().flatten()).filter(|m| moves(m.kind)) {
        first = first.min(movement.date);
    }
    (first, last.last_of_month().checked_add(DAYS_FOR_THE_BILL.days()).unwrap_or(last))
}

fn full(path: &Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// What the rows say was metered: nothing is taken off it and nothing of it is refused. Suspensions and wipes are played only where the
/// file tells by the slot what was served, so that none of it is cut off twice.
fn as_metered(id: &str, book: &Node, plays_arrears: bool) -> Vec<String> {
    let mut set = vec![format!("books.{id}.unmetered_share=0"), format!("books.{id}.rate_limit=none")];
    let slotted = ["trial", "packages"].into_iter().any(|key| book.get(key).is_some());
    if !(plays_arrears && slotted) {
        set.push(format!("books.{id}.grace={NEVER}"));
        set.push(format!("books.{id}.wipe_after=never"));
    }
    set
}

/// Every row is of a product whose book is there.
fn products_are_known(books: &[(String, Node)], usage: &Usage, problems: &mut Problems) {
    let known: Vec<&str> = books.iter().map(|(id, _)| id.as_str()).collect();
    for (named, line) in &usage.meters {
        let what = match &named.product {
            Some(product) if known.contains(&product.as_str()) => continue,
            None if known.len() == 1 => continue,
            Some(product) => format!("{}:{line}: there is no price book of `{product}`", usage.file),
            None => format!("{}:{line}: of which product is `{}`?", usage.file, named.meter),
        };
        let cure = match named.product {
            Some(_) => format!("name its book too; given: {}", known.join(", ")),
            None => "add a column `product`".to_owned(),
        };
        problems.push(Problem::new(what).cure(cure));
    }
}

/// What a product with allowances or a switch bills depends on more than usage.
fn needs_no_ledger(id: &str, book: &Node, problems: &mut Problems) {
    let switch = book.get("pay_as_you_go").filter(|key| key.text() == Some("switch"));
    let causes = [("packages", book.get("packages")), ("a trial", book.get("trial")), ("a switch", switch)];
    let causes: Vec<(&str, &Node)> = causes.into_iter().filter_map(|(name, key)| Some((name, key?))).collect();
    if let Some((_, first)) = causes.first() {
        let names: Vec<&str> = causes.iter().map(|(name, _)| *name).collect();
        problems.push(
            Problem::new(format!("bills of `{id}` depend on more than usage: it has {}", names.join(", ")))
                .at(first.place)
                .label("who has which of it, and since when?")
                .cure("add --ledger FILE: activations, purchases, switches, top-ups, opening balances and quotas"),
        );
    }
}

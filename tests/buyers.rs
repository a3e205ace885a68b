//! What a customer who buys packages by itself pays for them, each number worked out by hand.

mod support;

use billsim::engine::Player;
use billsim::rules::Terms;
use billsim::world::World;
use support::Story;

/// Amounts of the top-ups and of the purchases of a customer of the real book with this balance, who uses 300 of the trial's 1 000
/// minutes a day and buys for ten days: 3 000 at 0.00099, so 2.97. Thirty days are three packages.
fn paid(balance: &str, pays: bool, unit: &str) -> (Vec<String>, Vec<String>) {
    let text = format!(
        "start = 2026-01-01\ndays = 30\n[books.trtc]\nfile = \"books/trtc.toml\"\n[[segments]]\nid = \"s\"\naccounts = 1\n\
         opening_balance = {balance}\n[segments.products.trtc]\nmix = {{ audio = 1 }}\n\
         demand = {{ kind = \"constant\", units = 18_000 }}\nbuyer = {{ covers = \"10d\", pays = {pays} }}\n"
    );
    let plan = support::plan_with(&text, &["books.trtc.trial.units=1000", &format!("account.deduction_unit={unit}")]);
    let (story, account) = support::story(&plan, 0, 0);
    let lines = support::lines(&plan, &story, &account);
    let amounts = |kind: &str| {
        let of_kind = lines.iter().filter(|line| line.split(' ').nth(1) == Some(kind));
        let amounts = of_kind.filter_map(|line| line.split(' ').find_map(|part| part.strip_prefix("amount=")));
        amounts.map(|amount| amount.trim_end_matches('0').to_owned()).collect()
    };
    (amounts("top_up"), amounts("purchased"))
}

#[test]
fn what_is_missing_for_a_package_is_topped_up_and_no_more() {
    let topped_up = |balance: &str, unit: &str| {
        let (top_ups, purchases) = paid(balance, true, unit);
        assert_eq!(purchases, ["2.97"; 3], "{balance}");
        top_ups
    };
    assert_eq!(topped_up("0", "0.01"), ["2.97"; 3]);
    assert_eq!(topped_up("1", "0.01"), ["1.97", "2.97", "2.97"]);
    assert_eq!(topped_up("2.97", "0.01"), ["2.97"; 2]);
    // 5 − 2.97 = 2.03, of which the second takes all and lacks 0.94.
    assert_eq!(topped_up("5", "0.01"), ["0.94", "2.97"]);
    // In tenths 3.0 is due: 0.03 are missing at first, a tenth is paid in, and 0.07 are left for good.
    assert_eq!(topped_up("2.97", "0.1"), ["0.1", "3.", "3."]);
}

#[test]
fn who_does_not_pay_buys_from_the_balance() {
    assert_eq!(paid("5", false, "0.01"), (vec![], vec!["2.97".to_owned()]));
}

/// What an account bought is gone when the next is played in its place.
#[test]
fn an_account_is_played_the_same_after_another() {
    let plan = support::plan(
        "start = 2026-01-01\ndays = 60\n[books.trtc]\nfile = \"books/trtc.toml\"\n[[segments]]\nid = \"s\"\naccounts = 4\n\
         opening_balance = 50\n[segments.products.trtc]\nmix = { audio = 0.5, hd = 0.5 }\n\
         demand = { kind = \"random\", size = { kind = \"lognormal\", median = 60_000, cv = 1.0 } }\nbuyer = { covers = \"10d\" }\n",
    );
    let (world, terms) = (World::new(&plan, 0), Terms::new(&plan));
    let mut player = Player::new(&world, &terms);
    for index in 0..4 {
        let mut story = Story::default();
        let account = player.play(0, index, &mut story).expect("amounts fit").clone();
        let (alone, fresh) = support::story(&plan, 0, index);
        let lines = support::lines(&plan, &story, &account);
        assert!(lines.iter().any(|line| line.contains(" purchased ")), "{index} buys nothing");
        assert_eq!(lines, support::lines(&plan, &alone, &fresh), "{index}");
    }
}

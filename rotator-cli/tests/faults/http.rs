//! The live world and the real SDK, over HTTP against the embedded endpoint. Time is the endpoint's: who
//! waits here moves its clock, so nothing sleeps.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_credential_types::Credentials;
use rotator::{AccessKeyId, Became, Effect, Limits, Memory, Observation, Policy};
use rotator_cli::aws::{Access, Caller, identify};
use rotator_cli::drive::{Outcome, Step, World};
use rotator_cli::failure::{Class, Failure};
use rotator_cli::iam::{Iam, User};
use rotator_cli::journal::Journal;
use rotator_cli::live::Live;
use rotator_cli::report::Line;
use rotator_cli::sandbox::{Fault as Injected, Hits, KeyStatus, LastUse, Sandbox, Settings, What};
use rotator_cli::stop::Stop;
use rotator_cli::store::beside::Stores;
use rotator_cli::store::documents::Documents;
use rotator_cli::store::handover::HandOver;
use rotator_cli::store::secretsmanager::SecretsManager;
use rotator_cli::store::ssm::ParameterStore;
use rotator_cli::target::{Shared, Target};
use rotator_cli::turns::Turns;
use secrecy::ExposeSecret;

use crate::bystander::Bystander;
use crate::faulty::{Fault, Wire};
use crate::hosted::Hosted;
use crate::pipe::Pipe;
use crate::place::{Pipeline, Place, Settled, Start, Store, To, Told};
use crate::play::{DAY, HOUR, MINUTE};
use crate::shelves::Shelf;

pub const USER: &str = "ci";
/// Somebody else, whom no run may touch.
pub const NEIGHBOUR: &str = "neighbour";

/// An account of its own.
pub struct Endpoint {
    store: Store,
    policy: Policy,
    limits: Limits,
    pub sandbox: Sandbox,
    caller: Caller,
    user: User,
    pipe: Pipe,
    shelf: Option<Shelf>,
    behind: Cell<Pipeline>,
    folder: tempfile::TempDir,
    bystander: RefCell<Bystander>,
    armed: RefCell<Vec<Hits>>,
    /// Where each run appends its journal, if that is asked for; and the open one.
    pub journals: Option<PathBuf>,
    journal: RefCell<Journal>,
    /// This run took LAST, which a run that retires tells as its outcome.
    took: Cell<bool>,
}

impl Endpoint {
    pub async fn start(store: Store, policy: Policy, start: Start, number: usize) -> Self {
        // The SDK keeps one rate limiter for each account and region of a process: to each case its own.
        let (account_id, region) = (format!("{number:012}"), format!("case-{number}"));
        let stopped_at = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let settings = Settings { account_id, stopped_at, ..Settings::default() };
        let sandbox = Sandbox::start(settings).await.unwrap();
        let limits = Limits::new(2 * MINUTE, &policy).unwrap();
        let served = begin(&sandbox, start);
        let (id, secret) = (sandbox.admin().id.clone(), sandbox.admin().secret.expose_secret().to_owned());
        let access = Access {
            profile: None,
            region: Some(region),
            endpoint_url: Some(sandbox.endpoint()),
            credentials: Some(Credentials::new(id, secret, None, None, "test")),
        };
        let mut caller = identify(&access, limits.request_timeout()).await.unwrap();
        // It sends again as often as the program does, but sooner, and does not slow itself down.
        let retries =
            RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(2));
        caller.config = caller.config.into_builder().retry_config(retries).build();
        let user = sandbox.account().user(USER).unwrap();
        let user = User { name: user.name, id: user.id, path: user.path };
        let shelf = Shelf::of(store.to, number).await;
        if let (Some(hosted), Some(id)) = (shelf.as_ref().and_then(Shelf::hosted), &served) {
            let account = sandbox.account();
            hosted.set_clock(account.now());
            let pair = account.issued().iter().find(|pair| pair.id == id.as_str()).unwrap();
            hosted.fill(&pair.id, pair.secret.expose_secret());
        }
        let mut bystander = Bystander::begin(&sandbox, &user, store, &policy, &limits, start, served);
        bystander.shelf.clone_from(&shelf);
        Self {
            store,
            policy,
            limits,
            sandbox,
            caller,
            user,
            pipe: Pipe::default(),
            shelf,
            behind: Cell::new(Pipeline::Stores),
            folder: tempfile::tempdir().unwrap(),
            bystander: RefCell::new(bystander),
            armed: RefCell::default(),
            journals: None,
            journal: RefCell::default(),
            took: Cell::new(false),
        }
    }

    fn pairs(&self) -> PathBuf {
        self.folder.path().join("out").join("pairs.json")
    }

    fn advance(&self, span: Duration) {
        self.sandbox.advance(span);
        let now = self.sandbox.account().now();
        self.shelf.iter().for_each(|shelf| shelf.pass(span, now));
    }

    fn person_used(&self, id: &AccessKeyId) {
        let mut account = self.sandbox.account();
        let used = LastUse { at: account.now(), service: "s3".to_owned(), region: "us-east-1".to_owned() };
        account.set_last_used(id.as_str(), Some(used)).unwrap();
    }
}

/// What the user has; what is served.
fn begin(sandbox: &Sandbox, start: Start) -> Option<AccessKeyId> {
    let mut account = sandbox.account();
    account.add_user(USER, "/machines/").unwrap();
    account.add_user(NEIGHBOUR, "/machines/").unwrap();
    account.create_key(NEIGHBOUR).unwrap();
    let now = account.now();
    let mut key = |age: Duration, used: Duration| {
        let id = account.create_key(USER).unwrap().id;
        account.set_created(&id, now - age).unwrap();
        let used = LastUse { at: now - used, service: "s3".to_owned(), region: "us-east-1".to_owned() };
        account.set_last_used(&id, Some(used)).unwrap();
        AccessKeyId::parse(&id).ok()
    };
    match start {
        Start::Empty => None,
        Start::One => key(40 * DAY, HOUR),
        Start::Two => {
            key(80 * DAY, 41 * DAY);
            key(40 * DAY, HOUR)
        }
        Start::Ambiguous => {
            key(80 * DAY, 2 * HOUR);
            key(40 * DAY, HOUR)
        }
    }
}

impl Place for Endpoint {
    type Process = Shared;
    type Run<'a> = Run<'a>;

    fn store(&self) -> &Store {
        &self.store
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    async fn process(&self, behind: Pipeline) -> Shared {
        self.behind.set(behind);
        let trust = self.store.settled == Settled::Answer;
        let hand_over = |to| Target::HandOver { to, memory: self.store.memory, trust };
        let target = match self.store.to {
            To::SecretsManager => Target::Document(Documents::SecretsManager(SecretsManager::new(
                &self.caller.config,
                "{path}/{user}",
                &self.caller.account,
            ))),
            To::ParameterStore => {
                let place = "/{path}/{user}".parse().unwrap();
                let (config, account) = (&self.caller.config, self.caller.account.as_str());
                Target::Store(Stores::ParameterStore(ParameterStore::at(config, place, account)))
            }
            To::File => {
                std::fs::create_dir_all(self.pairs().parent().unwrap()).unwrap();
                hand_over(HandOver::file(&self.pairs(), true).unwrap())
            }
            To::Stdout => hand_over(HandOver::to(self.pipe.open())),
            To::JsonFile | To::Profile | To::Command | To::OpenBao | To::Hosted(_) => {
                self.shelf.as_ref().unwrap().target(&self.caller).await
            }
            To::Memory { .. } => panic!("not a store of this place"),
        };
        Shared {
            caller: self.caller.clone(),
            iam: Iam::new(&self.caller),
            target,
            limits: self.limits.clone(),
            stop: Stop::default(),
            settle: self.policy.settle,
            turns: Turns::default(),
            last_is_lost: false,
        }
    }

    fn run<'a>(&'a self, process: &'a Shared, told: &Told, policy: &Policy) -> Run<'a> {
        self.bystander.borrow_mut().told(&self.sandbox, told, policy);
        // A process that another thread is just starting has the file of the run before for a moment more.
        let journal = std::iter::repeat_with(|| Journal::open(self.journals.as_deref()));
        let journal = journal.inspect(|_| std::thread::yield_now()).find_map(Result::ok).unwrap();
        journal.begin("rotate", &self.caller.account, &self.caller.arn, policy, &self.limits);
        self.journal.replace(journal);
        self.took.set(false);
        let live = Live::begin(process, self.user.clone(), told.word().cloned(), 0).deciding_by(policy);
        Run { live, place: self, began: self.sandbox.account().now() }
    }

    fn over(&self, outcome: Option<&Outcome>) {
        let journal = self.journal.take();
        if let Some(outcome) = outcome {
            let mut line = Line::new(&self.user, outcome, self.store.memory, false);
            if let (Outcome::Settled, true, true) = (outcome, self.took.get(), self.policy.retire.is_some()) {
                line.code = "retired";
            }
            journal.ended(USER, &self.user.id, line.code);
            journal.close(line.exit.code()).unwrap();
        }
    }

    fn saw(&self, step: &Step<'_>, policy: &Policy) {
        self.journal.borrow().step(USER, &self.user.id, step);
        if let Step::Became(Effect::Deactivate(_) | Effect::Delete(_), Ok(())) = step {
            self.took.set(true);
        }
        self.bystander.borrow_mut().saw(&self.sandbox, step, policy);
    }

    fn ended(&self) -> Option<AccessKeyId> {
        let document = match self.store.to {
            To::File => std::fs::read_to_string(self.pairs()).unwrap_or_default(),
            To::Stdout => self.pipe.read(),
            To::SecretsManager | To::ParameterStore | To::Memory { .. } => String::new(),
            To::JsonFile | To::Profile | To::Command | To::OpenBao | To::Hosted(_) => String::new(),
        };
        drop(std::fs::remove_file(self.pairs()));
        let mut bystander = self.bystander.borrow_mut();
        // The last look of a run that was killed is not the last thing that it did.
        bystander.judge(&self.sandbox, None);
        let stored = crate::pipe::pair_of(&document, USER).filter(|_| self.behind.get() == Pipeline::Stores);
        if let Some(id) = &stored {
            bystander.serve(&self.sandbox, id.clone());
        }
        bystander.on_the_way = false;
        bystander.judge(&self.sandbox, None);
        bystander.run_over(self.policy.stray_after);
        stored
    }

    fn pass(&self, span: Duration) {
        self.advance(span);
        self.tell(format!("{} later", humantime::format_duration(span)));
        self.bystander.borrow_mut().judge(&self.sandbox, None);
    }

    fn job(&self) {
        let used = self.bystander.borrow_mut().job(&self.sandbox);
        if let Some(id) = used {
            self.person_used(&id);
        }
    }

    fn served(&self) -> Option<AccessKeyId> {
        self.bystander.borrow().served.clone()
    }

    fn works(&self, id: &AccessKeyId) -> bool {
        let keys = self.sandbox.account().keys(USER).unwrap();
        keys.iter().any(|key| key.id == id.as_str() && key.status == KeyStatus::Active)
    }

    fn rotations(&self) -> usize {
        self.bystander.borrow().rotations
    }

    fn failed_calls(&self) -> usize {
        self.bystander.borrow().failed()
    }

    fn person_deletes_what_is_not_served(&self) {
        let served = self.served();
        let mut bystander = self.bystander.borrow_mut();
        bystander.person_deletes_all_but(&self.sandbox, served.as_ref());
    }

    fn tell(&self, line: String) {
        self.bystander.borrow_mut().tell(line);
    }

    fn broken(&self) -> Option<String> {
        self.bystander.borrow().broken.clone()
    }

    fn story(&self) -> String {
        self.bystander.borrow().story.join("\n")
    }
}

/// The live world, with the endpoint's clock for its naps.
pub struct Run<'a> {
    live: Live<'a>,
    place: &'a Endpoint,
    began: SystemTime,
}

impl Run<'_> {
    /// What is left of the deadline by the endpoint's clock; that of `Live` goes by the time here.
    fn left(&self) -> Duration {
        let so_far = self.place.sandbox.account().now().duration_since(self.began).unwrap_or_default();
        self.place.limits.deadline().saturating_sub(so_far)
    }
}

impl World for Run<'_> {
    async fn observe(&mut self) -> Result<Observation, Failure> {
        self.place.advance(Duration::from_secs(1));
        self.live.observe().await
    }

    fn goes_on(&mut self, from: &Observation) -> bool {
        self.live.goes_on(from)
    }

    async fn perform(&mut self, effect: &Effect) -> Result<Became, Failure> {
        if self.left() < self.place.limits.request_timeout() {
            return Err(Failure::new(Class::Deadline, effect.to_string(), "too little time is left for it"));
        }
        self.live.perform(effect).await
    }

    async fn pause(&mut self, span: Duration, nap: Duration) -> bool {
        if span >= self.left() || !self.live.pause(span, Duration::ZERO).await {
            return false;
        }
        self.place.advance(nap);
        true
    }
}

impl Wire for Endpoint {
    fn arm(&self, effect: &Effect, fault: Fault, passes: usize) {
        if let Some(shelf) = self.shelf.as_ref().filter(|_| self.store.writes(effect.code())) {
            shelf.arm(fault, passes);
            self.bystander.borrow_mut().strikes();
            return;
        }
        let delivers = matches!(effect, Effect::Publish(_)) && self.store.to != To::ParameterStore;
        let what = match fault {
            Fault::ErrorBefore => What::ErrorBefore { status: 400, code: "InvalidInput" },
            Fault::ErrorAfter => What::ErrorAfter,
            Fault::AnswerLost => What::AnswerLost,
            Fault::Throttled => What::Throttle,
            Fault::Denied => What::Deny,
            Fault::KilledBefore | Fault::KilledAfter => panic!("the other side kills nobody"),
        };
        if delivers {
            match (fault, self.store.to) {
                // Some bytes have left when it breaks.
                (Fault::ErrorAfter | Fault::AnswerLost, To::Stdout) => self.pipe.breaks_after(40),
                (_, To::Stdout) => self.pipe.breaks_after(0),
                // A document is written whole or not at all. What can be unheard is the proof.
                (Fault::ErrorAfter | Fault::AnswerLost, _) => {
                    let fault = Injected::next("sts:GetCallerIdentity", what);
                    self.armed.borrow_mut().push(self.sandbox.inject(fault));
                }
                (_, _) => std::fs::remove_dir_all(self.pairs().parent().unwrap()).unwrap(),
            }
            return;
        }
        let inject = |action: &str| {
            // A lost answer is asked for again by the SDK; the others strike each time that it asks.
            let once = fault == Fault::AnswerLost;
            let fault = if once { Injected::next(action, what) } else { Injected::always(action, what) };
            self.armed.borrow_mut().push(self.sandbox.inject(fault));
        };
        match (effect, self.store.memory) {
            (Effect::Create, _) => inject("iam:CreateAccessKey"),
            (Effect::Delete(_), _) => inject("iam:DeleteAccessKey"),
            (Effect::Activate(_) | Effect::Deactivate(_), _) => inject("iam:UpdateAccessKey"),
            (Effect::Rest(_), Memory::Document) => inject("secretsmanager:TagResource"),
            (Effect::Rest(_), _) => inject("iam:TagUser"),
            (Effect::Restore(_), Memory::Document) => inject("secretsmanager:UpdateSecretVersionStage"),
            (Effect::Restore(_), _) => inject("ssm:PutParameter"),
            (Effect::Adopt { .. } | Effect::Open, Memory::Document) => {
                inject("secretsmanager:CreateSecret");
                inject("secretsmanager:TagResource");
            }
            (Effect::Stage(_), Memory::Document) => inject("secretsmanager:PutSecretValue"),
            (Effect::Promote(_), Memory::Document) => inject("secretsmanager:UpdateSecretVersionStage"),
            (Effect::Adopt { .. } | Effect::Open | Effect::Stage(_) | Effect::Promote(_), _) => {
                inject("iam:TagUser");
            }
            (Effect::Publish(_), _) => inject("ssm:PutParameter"),
        }
    }

    fn writes(&self) -> usize {
        self.shelf.as_ref().and_then(Shelf::hosted).map_or(0, Hosted::writes)
    }

    fn disarm(&self) -> usize {
        self.sandbox.clear_faults();
        let calls: usize = self.armed.borrow_mut().drain(..).map(|hits| hits.count()).sum();
        let folder_gone = self.store.to == To::File && !self.pairs().parent().unwrap().exists();
        if folder_gone {
            std::fs::create_dir_all(self.pairs().parent().unwrap()).unwrap();
        }
        let shelf = self.shelf.as_ref().map_or(0, Shelf::mend);
        calls + self.pipe.mend() + usize::from(folder_gone) + shelf
    }
}

"""Any order of what people, schedules, Jobs, time and a killed controller may do.

The machine decides from one listing of a fake cluster and acts on it request by
request, with anything happening in between; the promises must hold all the time.
"""

from copy import deepcopy
from datetime import timedelta

import hypothesis.strategies as st
from fake_cluster import FakeCluster, is_finished, started_at
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from elt.control.acting import act
from elt.control.actions import GiveUp, Release
from elt.control.failures import ConflictError
from elt.control.keys import COMPONENT_LABEL, FOR, RUN_ID, Names, Resource
from elt.control.moments import parse_moment
from elt.control.observation import observe
from elt.control.observed import Rules
from elt.control.ordering import decide

NAMES = Names(init_job="elt-init")
RULES = Rules(start_deadline=timedelta(seconds=3000))
ENDINGS = {
    "complete": ("Complete", ""),
    "failed": ("Failed", "BackoffLimitExceeded"),
    "failed for good": ("Failed", "PodFailurePolicy"),
}


class Interleavings(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.cluster = FakeCluster()
        self.cluster.add_cronjob("elt-replicator", "replicator")
        self.cluster.add_cronjob("elt-dbt", "dbt", born_suspended=True)
        self.cluster.add_job("elt-init", "init")
        #: What was decided and not yet done.
        self.pending = []
        self.decided_at = None
        #: UIDs of dbt Jobs, and of those that came to an end the controller chose.
        self.demanded = set()
        self.settled = set()
        #: Jobs that were complete, also those that are deleted by now.
        self.complete = []
        self.made = 0

    # ------------------------------------------------------------- the controller

    @rule()
    def controller_looks(self):
        observed = observe(
            jobs=self.cluster.list_objects(Resource.JOBS).items,
            cronjobs=self.cluster.list_objects(Resource.CRONJOBS).items,
            pods=self.cluster.list_objects(Resource.PODS).items,
            names=NAMES,
            rules=RULES,
        )
        self.pending = list(decide(observed, self.cluster.now).actions)

    @rule()
    def controller_acts(self):
        if not self.pending:
            return
        action = self.pending.pop(0)
        try:
            act(self.cluster, action, NAMES)
        except ConflictError:
            self.pending = []
            return
        if isinstance(action, Release):
            self.settled.add(action.job.uid)
            assert self.has_fresh_replication(action)
        if isinstance(action, GiveUp):
            self.settled.add(action.job.uid)

    @rule()
    def controller_is_killed(self):
        self.pending = []

    @rule()
    def controller_makes_a_pass(self):
        self.controller_looks()
        while self.pending:
            self.controller_acts()

    # ------------------------------------------------------------------ the world

    @rule()
    def init_completes(self):
        if not is_finished(self.cluster.job("elt-init")):
            self.cluster.finish("elt-init")

    @rule(seconds=st.sampled_from([0, 1, 20, 60, 700, 3600]))
    def time_passes(self, seconds):
        self.cluster.pass_time(seconds)

    @rule()
    def schedule_ticks(self):
        self.cluster.tick()

    @rule()
    def jobs_start(self):
        self.cluster.start_jobs()

    @rule(ending=st.sampled_from(sorted(ENDINGS)), choice=st.integers(0, 3))
    def a_running_job_ends(self, ending, choice):
        running = self.running("replicator") + self.running("dbt")
        if running:
            self.end(running[choice % len(running)], ending)

    @rule()
    def template_changes(self):
        self.cluster.change_template()

    # ------------------------------------------------------------------- a person

    @rule(name=st.sampled_from(["elt-dbt", "elt-replicator"]))
    def person_wishes(self, name):
        self.cluster.wish(name, "now")

    @rule()
    def person_makes_a_dbt_job(self):
        self.made += 1
        self.cluster.add_job(f"by-hand-{self.made}", "dbt", cronjob="elt-dbt")

    @rule(suspended=st.booleans())
    def person_makes_a_replication(self, suspended):
        # Beside a running Job nothing but the lock at the destination could help.
        if self.pending or self.running("replicator") or self.running("dbt"):
            return
        self.made += 1
        name = f"by-hand-{self.made}"
        spec = {"suspend": True} if suspended else {}
        self.cluster.add_job(name, "replicator", cronjob="elt-replicator", **spec)

    @rule(choice=st.integers(0, 5))
    def person_deletes_a_job(self, choice):
        jobs = [j for j in self.cluster.jobs if j["metadata"]["name"] != "elt-init"]
        if jobs:
            metadata = jobs[choice % len(jobs)]["metadata"]
            self.cluster.delete_job(metadata["name"], metadata["uid"])
            self.settled.add(metadata["uid"])

    # ------------------------------------------------------------------- promises

    @invariant()
    def at_most_one_replicator_is_live(self):
        assert len(self.running("replicator")) <= 1

    @invariant()
    def at_most_one_released_dbt_job_is_unfinished(self):
        assert len(self.running("dbt")) <= 1

    @invariant()
    def dbt_never_reads_while_a_replication_writes(self):
        assert not (self.running("dbt") and self.running("replicator"))

    @invariant()
    def no_demand_is_forgotten(self):
        self.demanded |= {job["metadata"]["uid"] for job in self.jobs_of("dbt")}

    def teardown(self):
        """Let the world calm down: every suspended dbt Job is released or deleted."""
        demanded = set(self.demanded)
        self.init_completes()
        for ending in ("failed", "complete"):
            for _ in range(3):
                self.calm_down(ending)
            # Nothing but the deadline helps behind a replication that was suspended.
            self.cluster.pass_time(3000)
            self.calm_down(ending)
        assert demanded - self.settled == set()

    def calm_down(self, ending):
        for _ in range(2):
            self.controller_makes_a_pass()
            self.cluster.start_jobs()
            self.cluster.pass_time(601)
            for job in self.running("replicator"):
                self.end(job, ending)
            for job in self.running("dbt"):
                self.end(job, "complete")

    def end(self, job, ending):
        self.cluster.finish(job["metadata"]["name"], *ENDINGS[ending])
        if ending == "complete":
            self.complete.append(deepcopy(job))

    # -------------------------------------------------------------------- looking

    def jobs_of(self, component):
        return [job for job in self.cluster.jobs if component_of(job) == component]

    def running(self, component):
        return [
            job
            for job in self.jobs_of(component)
            if not is_finished(job) and not job["spec"].get("suspend")
        ]

    def has_fresh_replication(self, release):
        """Tell, independently of the code under test, whether a release was right."""
        demand = self.cluster.job(release.job.name)
        created = parse_moment(demand["metadata"]["creationTimestamp"])
        assert demand["metadata"]["annotations"][RUN_ID] == release.run_id
        replications = [
            job for job in self.complete if component_of(job) == "replicator"
        ]
        return any(
            release.job.uid in annotations_of(job).get(FOR, "").split(",")
            or started_at(job) > created
            for job in replications
        )


def component_of(job):
    return job["metadata"]["labels"][COMPONENT_LABEL]


def annotations_of(job):
    return job["metadata"].get("annotations", {})


Interleavings.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
)
TestInterleavings = Interleavings.TestCase

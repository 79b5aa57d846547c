"""Who works at the sample company, who applies there, and what is written about them. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.enums import Role
from hiring.enums import JobRole, ScoreRule, StageKind
from hiring.rules import StageDraft

COMPANY: Final = "Brightwater Software"
DOMAIN: Final = "brightwater.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who signs in. `key` names them in the story, `title` on the list of logins."""

    key: str
    title: str
    name: str
    roles: tuple[Role, ...] = ()
    jobs: tuple[tuple[str, JobRole], ...] = ()

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return f"{self.key}@{DOMAIN}"


BACKEND: Final = "backend-engineer"
FULL_STACK: Final = "full-stack-engineer"
SUPPORT: Final = "customer-support-lead"

COLLEAGUES: Final = (
    Colleague("amara", "Administrator", "Amara Nwosu", (Role.ADMINISTRATOR,)),
    Colleague(
        "ida",
        "Recruiter",
        "Ida Lindqvist",
        (Role.RECRUITER,),
        ((BACKEND, JobRole.RECRUITER), (SUPPORT, JobRole.RECRUITER)),
    ),
    Colleague(
        "tomas",
        "Recruiter",
        "Tomás Herrera",
        (Role.RECRUITER,),
        ((FULL_STACK, JobRole.RECRUITER), (BACKEND, JobRole.RECRUITER)),
    ),
    Colleague(
        "priya",
        "Hiring manager",
        "Priya Raman",
        (),
        ((BACKEND, JobRole.HIRING_MANAGER), (FULL_STACK, JobRole.HIRING_MANAGER)),
    ),
    Colleague(
        "jonas",
        "Interviewer",
        "Jonas Weber",
        (),
        ((BACKEND, JobRole.INTERVIEWER), (FULL_STACK, JobRole.INTERVIEWER)),
    ),
    Colleague("yuki", "Question author", "Yuki Tanabe", (Role.QUESTION_AUTHOR,)),
    Colleague("sofia", "Analyst", "Sofia Marino", (Role.ANALYST,)),
)


@dataclass(frozen=True, slots=True)
class JobAd:
    """A job of the company and who looks after it."""

    slug: str
    title: str
    department: str
    location: str
    description: str
    recruiter: str
    stages: tuple[StageDraft, ...]
    # More than are hired in the story, so that no job closes in the middle of it.
    openings: int = 8


def _stages(assessment_id: int | None, rule: ScoreRule) -> tuple[StageDraft, ...]:
    return (
        StageDraft("Applied", StageKind.APPLIED, 3),
        StageDraft("Screen", StageKind.SCREEN, 5),
        StageDraft("Test", StageKind.ASSESSMENT, 14, assessment_id, rule),
        StageDraft("Interview", StageKind.INTERVIEW, 10),
        StageDraft("Offer", StageKind.OFFER, 7, needs_approval=True),
    )


def jobs(assessment_id: int) -> tuple[JobAd, ...]:
    """Return the jobs; the first lets its test move people on, in the second a person decides, the third has none."""
    support = (
        StageDraft("Applied", StageKind.APPLIED, 3),
        StageDraft("Phone call", StageKind.SCREEN, 5),
        StageDraft("Interview", StageKind.INTERVIEW, 10),
        StageDraft("Offer", StageKind.OFFER, 7),
    )
    return (
        JobAd(
            BACKEND,
            "Backend engineer (Python)",
            "Product development",
            "Rotterdam or remote in Europe",
            "You build and run the services behind our water-level maps: Flask, PostgreSQL, queues, and the care that "
            "people need who are called at night when a river rises.",
            "ida",
            _stages(assessment_id, ScoreRule.ADVANCE_PASSED),
        ),
        JobAd(
            FULL_STACK,
            "Full-stack engineer",
            "Product development",
            "Rotterdam",
            "You take a feature from a conversation with a harbour master to a page that works on a wet phone.",
            "tomas",
            _stages(assessment_id, ScoreRule.NONE),
        ),
        JobAd(
            SUPPORT,
            "Customer support lead",
            "Customers",
            "Antwerp",
            "You lead the four people who answer when a town hall asks why the map says what it says.",
            "ida",
            support,
            openings=2,
        ),
    )


# Name, the part of the address before the @, time zone. Addresses are on domains that can belong to nobody.
PEOPLE: Final = (
    ("Ana Díaz Romero", "ana.diaz", "Europe/Madrid"),
    ("Bao Trần", "bao.tran", "Asia/Ho_Chi_Minh"),
    ("Chidi Okafor", "chidi.okafor", "Africa/Lagos"),
    ("Dilnoza Karimova", "dilnoza.k", "Asia/Tashkent"),
    ("Emre Yıldız", "emre.yildiz", "Europe/Istanbul"),
    ("Fatoumata Diallo", "fatou.diallo", "Africa/Dakar"),
    ("Grzegorz Brzęczyszczykiewicz", "grzegorz.b", "Europe/Warsaw"),
    ("Hana Kovářová", "hana.kovarova", "Europe/Prague"),
    ("Iñigo Etxeberria", "inigo.etxe", "Europe/Madrid"),
    ("Jasmine Patel", "jasmine.patel", "Europe/London"),
    ("Kwame Mensah", "kwame.mensah", "Africa/Accra"),
    ("Lucía Fernández", "lucia.fdez", "America/Argentina/Buenos_Aires"),
    ("Mei-Ling Chen", "meiling.chen", "Asia/Taipei"),
    ("Nikolai Petrov", "n.petrov", "Europe/Sofia"),
    ("Oluwaseun Adeyemi", "seun.adeyemi", "Africa/Lagos"),
    ("Pádraig Ó Súilleabháin", "padraig.osull", "Europe/Dublin"),
    ("Quynh Nguyễn", "quynh.nguyen", "Europe/Berlin"),
    ("Rania Haddad", "rania.haddad", "Asia/Amman"),
    ("Søren Kjærgaard", "soren.kjaer", "Europe/Copenhagen"),
    ("Tālivaldis Ozoliņš", "talis.ozolins", "Europe/Riga"),
    ("Ulrike Bäcker-Nguyen", "ulrike.baecker", "Europe/Berlin"),
    ("Valentina Rossi", "vale.rossi", "Europe/Rome"),
    ("Wanjiru Kamau", "wanjiru.kamau", "Africa/Nairobi"),
    ("Ximena Salazar", "ximena.salazar", "America/Lima"),
    ("Yannick Mbarga", "yannick.mbarga", "Africa/Douala"),
    ("Zeynep Aydın", "zeynep.aydin", "Europe/Amsterdam"),
    ("佐藤 美咲", "misaki.sato", "Asia/Tokyo"),
    ("Олена Шевчук", "olena.shevchuk", "Europe/Kyiv"),
    ("أحمد المنصوري", "ahmed.almansoori", "Asia/Dubai"),
    ("Ελένη Παπαδοπούλου", "eleni.papa", "Europe/Athens"),
    ("이서연", "seoyeon.lee", "Asia/Seoul"),
    ("अनन्या शर्मा", "ananya.sharma", "Asia/Kolkata"),
    ("Aleksi Korhonen", "aleksi.korhonen", "Europe/Helsinki"),
    ("Beatriz Oliveira", "bia.oliveira", "America/Sao_Paulo"),
    ("Ciarán Walsh", "ciaran.walsh", "Europe/Dublin"),
    ("Daniela Ionescu", "dana.ionescu", "Europe/Bucharest"),
    ("Eitan Ben-David", "eitan.bd", "Asia/Jerusalem"),
    ("Farah Siddiqui", "farah.siddiqui", "Asia/Karachi"),
    ("Giulia Conti", "giulia.conti", "Europe/Rome"),
    ("Hamza El Amrani", "hamza.elamrani", "Africa/Casablanca"),
    ("Ingrid Þórsdóttir", "ingrid.thors", "Atlantic/Reykjavik"),
    ("Joaquim Puig i Ferrer", "quim.puig", "Europe/Madrid"),
    ("Keanu Kahananui", "keanu.k", "Pacific/Honolulu"),
    ("Leila Ahmadi", "leila.ahmadi", "Europe/Vienna"),
    ("Mateusz Wójcik", "mateusz.wojcik", "Europe/Warsaw"),
    ("Ngozi Eze", "ngozi.eze", "Europe/London"),
    ("Otgonbayar Batbold", "otgo.batbold", "Asia/Ulaanbaatar"),
    ("Paulo Tavares", "paulo.tavares", "Atlantic/Cape_Verde"),
    ("Rosa Quispe", "rosa.quispe", "America/La_Paz"),
    ("Sanjida Rahman", "sanjida.rahman", "Asia/Dhaka"),
    ("Tevita Fonua", "tevita.fonua", "Pacific/Auckland"),
    ("Uxía Castro", "uxia.castro", "Europe/Madrid"),
    ("Viktória Nagy", "viktoria.nagy", "Europe/Budapest"),
    ("Willem van der Meer", "willem.vdmeer", "Europe/Amsterdam"),
    ("Xoliswa Dlamini", "xoliswa.dlamini", "Africa/Johannesburg"),
    ("Yara Haddad", "yara.haddad", "Asia/Beirut"),
    ("Živa Novak", "ziva.novak", "Europe/Ljubljana"),
    ("Anahit Grigoryan", "anahit.g", "Asia/Yerevan"),
    ("Bjørn-Erik Hansen", "bjorn.hansen", "Europe/Oslo"),
    ("Camille Lefèvre", "camille.lefevre", "Europe/Brussels"),
)
MAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")

NOTES: Final = (
    "Friendly call. Asks good questions about how we are on call, and knows why.",
    "Can start in six weeks. Would move to Rotterdam, but would rather begin remotely.",
    "Ran a small Flask shop alone for two years, with backups that were tried out. That is rare.",
    "English is a second language and the writing is very clear.",
    "Took a year off to care for a parent. Says so plainly. No concern.",
    "Wants to lead people in a year or two. We should say honestly that this depends on growth.",
    "The cover letter talks about our flood map in detail. Has used it.",
    "Portfolio is thin, but the code sample is tidy and has tests.",
    "Asked for the interview in the afternoon because of childcare.",
    "Comes recommended by a former colleague of Priya.",
    "Salary wish is at the top of our range.",
    "Very strong on databases, less so on pages. Fits the backend job better.",
    "Reached by phone at the second try. Still interested.",
    "Explains trade-offs before choosing. Good sign.",
    "Prefers writing to calls. Arrange the interview with the questions sent before.",
    "Long notice period, three months.",
)
RECRUITER_NOTES: Final = (
    "Has another offer with a date. Decide this week.",
    "Visa needed. Legal says eight weeks.",
    "References are fine, both of them.",
)
APPROVAL_NOTE: Final = (
    "Both interviews went well, and the answers about queues were the best so far. Start in six weeks."
)
TAGS: Final = (
    "python",
    "remote",
    "relocation",
    "referral",
    "returning",
    "databases",
    "frontend",
    "speaks Dutch",
)

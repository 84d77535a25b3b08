"""The sidecar of a recorded answer, checked where it enters."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Seconds = Annotated[float, Field(ge=0, le=36_000, allow_inf_nan=False)]


class _Stretch(BaseModel):
    model_config = ConfigDict(extra="ignore")
    start: Seconds
    end: Seconds

    @model_validator(mode="after")
    def _forwards(self) -> "_Stretch":
        if self.end < self.start:
            raise ValueError(f"it ends at {self.end} before it starts at {self.start}")
        return self


class SpokenWord(_Stretch):
    word: str


class Sidecar(BaseModel):
    """See `turnbench`; family and writer are for the tables."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1)
    type: str
    question: str
    slug: str | None = None
    words: list[SpokenWord]
    pauses: list[_Stretch]
    end_of_answer_s: Annotated[float, Field(gt=0, le=36_000, allow_inf_nan=False)]
    family: str | None = None
    writer: str | None = None


def read_sidecar(data: Any) -> Sidecar:
    """Raises ValueError with one line that names the first field that is wrong."""
    try:
        return Sidecar.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ValueError(f"{place}: {first['msg']}".removesuffix(".")) from None

package io.waybill.sender;

import io.waybill.domain.Mutations;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is committed beside an offset is a note that can be, or none. */
class CommitNoteFuzzTest {
  @Test
  void anyMetadataIsANoteOrNone() {
    Mutations.tryAll(CommitNoteFuzz.SEEDS, Mutations.FEW, CommitNoteFuzz::fuzzerTestOneInput);
  }

  @Test
  @Tag("long")
  void muchMoreIsANoteOrNone() {
    Mutations.tryAll(CommitNoteFuzz.SEEDS, Mutations.MANY, CommitNoteFuzz::fuzzerTestOneInput);
  }
}

package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchTest {
  private final Scratch.Spare spare = new Scratch.Spare();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "01234567-89ab-cdef-0123-456789abcdef",
        "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f"
      })
  void writesIdsInTheirCanonicalForm(String id) {
    assertThat(new String(spare.write(out -> out.uuid(UUID.fromString(id))), UTF_8)).isEqualTo(id);
    assertThat(
            RequestKeys.bytesOf(
                new OrganizationId("hospital-001"), new DeliveryId(UUID.fromString(id))))
        .isEqualTo(RequestKeys.of(new OrganizationId("hospital-001"), id).getBytes(UTF_8));
  }

  /** A character that is cut down to a byte would be another id. */
  @Test
  void refusesWhatIsNotAscii() {
    assertThatThrownBy(() -> spare.write(out -> out.ascii("hospital-é")))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(spare.write(out -> out.ascii("hospital-1"))).isEqualTo("hospital-1".getBytes(UTF_8));
  }

  @Test
  void growsWithWhatIsWritten() {
    String text = "0123456789".repeat(10_000);

    assertThat(
            new String(
                spare.write(out -> {
                  out.ascii(text);
                  out.write('-');
                  out.ascii(text);
                }),
                UTF_8))
        .isEqualTo(text + "-" + text);
  }
}

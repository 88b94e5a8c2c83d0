package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.Reason;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Avro says how long a text or a list is before it comes. A record of a few bytes that claims two
 * gigabytes must not make its reader ask for them: that would end the process, and the next one
 * that comes to the record. Avro looks first since 1.12; this is for whoever changes its version.
 */
class LyingLengthsTest {
  /** Varints of lengths that arrays in Java just have, of a tenth of them, and below zero. */
  private static final List<byte[]> LENGTHS =
      List.of(
          new byte[] {(byte) 0xF0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
          new byte[] {(byte) 0x80, (byte) 0xE8, (byte) 0xEF, (byte) 0xBE, 0x01},
          new byte[] {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
          new byte[] {(byte) 0xEF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 0x02},
          new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01},
          // One block of -1 elements, which has 3 bytes less than none.
          new byte[] {0x01, 0x05});

  static List<GoldenKind<?>> kinds() {
    return GoldenKind.all();
  }

  @DisplayName("row 79: a length that lies costs nothing")
  @ParameterizedTest
  @MethodSource("kinds")
  void aLengthThatLiesCostsNothing(GoldenKind<?> kind) {
    for (byte[] body : kind.bodies()) {
      tryAll(kind, kind.schema(), body);
    }
  }

  /** A reader skips what it does not know, by the same lengths. */
  @ParameterizedTest
  @MethodSource("kinds")
  @Timeout(120)
  void norDoesOneOfAFieldThatIsSkipped(GoldenKind<?> kind) {
    Schema tomorrow = SchemaEvolutionTest.tomorrow(kind.schema());
    GenericRecord record = HostileRecords.read(kind.schema(), tomorrow, kind.bodies().getFirst());
    SchemaEvolutionTest.fill(record);

    tryAll(kind, tomorrow, HostileRecords.write(record));
  }

  private static void tryAll(GoldenKind<?> kind, Schema writer, byte[] body) {
    GoldenKind.Reader<?> reader = kind.reader(writer);
    for (int place = 0; place < body.length; place++) {
      for (byte[] length : LENGTHS) {
        byte[] lying = spliced(body, place, length);
        try {
          assertThat(reader.decode(lying)).isNotNull();
        } catch (UndecodableException e) {
          assertThat(e.reason())
              .isIn(Reason.MALFORMED, Reason.INVALID_FIELD, Reason.PAYLOAD_TOO_LARGE);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isADeadLetterAtTheFirstText(GoldenKind<?> kind) {
    boolean mayBeAbsent =
        kind.schema().getFields().getFirst().schema().getType() == Schema.Type.UNION;
    for (byte[] length : LENGTHS) {
      byte[] body =
          spliced(mayBeAbsent ? new byte[] {2} : new byte[0], mayBeAbsent ? 1 : 0, length);

      assertThatThrownBy(() -> kind.decode(kind.schema(), body))
          .isInstanceOfSatisfying(
              UndecodableException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    }
  }

  private static byte[] spliced(byte[] body, int place, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Arrays.copyOf(body, place));
    out.writeBytes(between);
    out.writeBytes(Arrays.copyOfRange(body, place, body.length));
    return out.toByteArray();
  }
}

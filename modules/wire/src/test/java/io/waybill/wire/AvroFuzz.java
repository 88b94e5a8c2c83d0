package io.waybill.wire;

import io.waybill.domain.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Bodies of Avro of every kind: the first byte says which. */
public final class AvroFuzz {
  private static final List<GoldenKind<?>> KINDS = GoldenKind.all();
  private static final List<? extends GoldenKind.Reader<?>> READERS =
      KINDS.stream().map(kind -> kind.reader(kind.schema())).toList();
  static final List<byte[]> SEEDS = seeds();

  private AvroFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int kind = Byte.toUnsignedInt(input[0]) % KINDS.size();
    try {
      READERS.get(kind).decode(Arrays.copyOfRange(input, 1, input.length));
    } catch (UndecodableException e) {
      if (!List.of(Reason.MALFORMED, Reason.INVALID_FIELD, Reason.PAYLOAD_TOO_LARGE)
          .contains(e.reason())) {
        throw new AssertionError("another reason than that of broken bytes", e);
      }
    }
  }

  private static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int kind = 0; kind < KINDS.size(); kind++) {
      for (byte[] body : KINDS.get(kind).bodies()) {
        byte[] seed = new byte[1 + body.length];
        seed[0] = (byte) kind;
        System.arraycopy(body, 0, seed, 1, body.length);
        seeds.add(seed);
      }
    }
    return List.copyOf(seeds);
  }
}

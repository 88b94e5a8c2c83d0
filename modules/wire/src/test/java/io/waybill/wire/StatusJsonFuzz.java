package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** The JSON view of a status, as a client that watches it reads it. */
public final class StatusJsonFuzz {
  static final List<byte[]> SEEDS =
      GoldenSamples.statuses().stream().map(StatusJson::encode).toList();

  private StatusJsonFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      StatusJson.decode(input);
    } catch (UndecodableException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new AssertionError("does not say what is wrong with " + new String(input, UTF_8), e);
      }
    }
  }
}

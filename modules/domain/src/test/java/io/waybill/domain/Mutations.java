package io.waybill.domain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/**
 * Feeds a target with inputs that are nearly good ones: seeds, cut, doubled, mixed with each other
 * and with what breaks parsers. The same rounds give the same inputs on every machine.
 *
 * <p>A target is a class with {@code public static void fuzzerTestOneInput(byte[])}, so that a
 * fuzzer that is guided by coverage takes it as it is: see docs/reliability.md.
 */
public final class Mutations {
  /** Enough to find in a second what is easy to find; a long run has thousands of times as many. */
  public static final int FEW = 3_000;

  /** For a run of a minute or so. */
  public static final int MANY = 300_000;

  private static final List<byte[]> PIECES =
      List.of(
          new byte[] {0},
          new byte[] {(byte) 0xFF},
          new byte[] {(byte) 0x80},
          new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF},
          new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
          new byte[] {(byte) 0xF0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F},
          new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
          text("\r\n"),
          text("\u0000"),
          text("{"),
          text("}"),
          text("{{"),
          text("}}"),
          text("["),
          text("]"),
          text("\""),
          text("\\"),
          text("\\ud800"),
          text("\ud83d\ude80"),
          text("ı"),
          text("../"),
          text("/"),
          text("."),
          text("@"),
          text("%"),
          text("%0d%0a"),
          text("#"),
          text(":"),
          text(","),
          text("-"),
          text("0x"),
          text("0177"),
          text("1e999999999"),
          text("99999999999999999999"),
          text("-1"),
          text("null"),
          text("\u2003"),
          text("\u3002"),
          text("："));

  /** What is tested; it must throw whatever is wrong. */
  @FunctionalInterface
  public interface Target {
    void test(byte[] input) throws Exception;
  }

  private Mutations() {}

  /**
   * Tests all seeds and then so many mutations of them.
   *
   * @throws AssertionError with the input in Base64, when the target throws anything
   */
  public static void tryAll(List<byte[]> seeds, int rounds, Target target) {
    seeds.forEach(seed -> test(seed, target));
    for (int round = 0; round < rounds; round++) {
      test(mutated(seeds, new Random(round)), target);
    }
  }

  /** A seed of text. */
  public static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void test(byte[] input, Target target) {
    try {
      target.test(input);
    } catch (Throwable e) {
      // Errors too: a full stack or a full heap ends a process as surely as a bug.
      throw new AssertionError(
          "with the input (Base64) " + Base64.getEncoder().encodeToString(input), e);
    }
  }

  private static byte[] mutated(List<byte[]> seeds, Random random) {
    byte[] input = any(seeds, random);
    int changes = 1 + random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      int from = random.nextInt(input.length + 1);
      int to = from + random.nextInt(Math.min(input.length - from, 64) + 1);
      input =
          switch (random.nextInt(6)) {
            case 0 -> joined(input, from, to, new byte[0]);
            case 1 -> joined(input, from, from, any(PIECES, random));
            case 2 -> joined(input, from, to, any(PIECES, random));
            case 3 -> joined(input, from, from, Arrays.copyOfRange(input, from, to));
            case 4 -> joined(input, from, to, part(any(seeds, random), random));
            default -> flipped(input, random);
          };
    }
    return input;
  }

  private static byte[] part(byte[] whole, Random random) {
    int from = random.nextInt(whole.length + 1);
    return Arrays.copyOfRange(whole, from, from + random.nextInt(whole.length - from + 1));
  }

  private static byte[] flipped(byte[] input, Random random) {
    byte[] flipped = input.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] any(List<byte[]> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static byte[] joined(byte[] input, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(input, 0, from);
    out.writeBytes(between);
    out.write(input, to, input.length - to);
    return out.toByteArray();
  }
}

package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Data is carried byte for byte, whatever JSON it is and whatever stands around it. */
class SlicerPropertyTest {
  private final RequestCodec codec = new Codecs(new InMemorySchemaRegistry()).requests();

  @Property(tries = 500)
  void dataIsCutOutByteForByte(
      @ForAll("values") String data,
      @ForAll("blanks") String before,
      @ForAll("blanks") String after,
      @ForAll("orders") List<Integer> order) {
    List<String> parts =
        List.of(
            "\"type\":\"t\"",
            "\"data\":" + before + data + after,
            "\"metadata\":" + after + "{\"k\":" + data + "}" + before);
    String payload = String.join(",", order.stream().map(parts::get).toList());
    String json =
        "{\"payload\":{"
            + payload
            + "},\"organizationId\":\"o\",\"destinations\":[\"d\"]}"
            + before;

    DecodedRequest decoded = codec.decode(json.getBytes(UTF_8));

    assertThat(decoded)
        .isInstanceOfSatisfying(
            DecodedRequest.Valid.class,
            valid -> {
              assertThat(valid.request().payload().data().text()).isEqualTo(data);
              assertThat(valid.request().payload().metadata().text())
                  .isEqualTo("{\"k\":" + data + "}");
            });
    assertThat(codec.decodeAgain(json.getBytes(UTF_8))).isEqualTo(decoded);
  }

  @Label("row 3: what is cut off is refused")
  @Property(tries = 300)
  void whatIsCutOffIsRefused(@ForAll("values") String data, @ForAll int place) {
    String json =
        "{\"organizationId\":\"o\",\"destinations\":[\"d\"],\"payload\":{\"type\":\"t\",\"data\":"
            + data
            + "}}";
    byte[] whole = json.getBytes(UTF_8);
    byte[] cut = Arrays.copyOf(whole, Math.floorMod(place, whole.length));

    assertThat(codec.decode(cut)).isInstanceOf(DecodedRequest.Invalid.class);
  }

  @Provide
  Arbitrary<String> blanks() {
    return Arbitraries.strings().withChars(" \t\r\n").ofMaxLength(5);
  }

  @Provide
  Arbitrary<List<Integer>> orders() {
    return Arbitraries.shuffle(IntStream.range(0, 3).boxed().toList());
  }

  @Provide
  Arbitrary<String> values() {
    Arbitrary<String> numbers =
        Arbitraries.oneOf(
            Arbitraries.longs().map(Object::toString),
            Arbitraries.of("0", "-0", "-0.0", "1.10", "12E+400", "1e-9", "9007199254740993"));
    Arbitrary<String> characters =
        Arbitraries.oneOf(
            Arbitraries.chars()
                .range(' ', '~')
                .filter(c -> c != '"' && c != '\\')
                .map(String::valueOf),
            Arbitraries.of(
                "\\\"",
                "\\\\",
                "\\/",
                "\\u0000",
                "\\u00e9",
                "\\ud83d\\ude80",
                "ü",
                "€",
                "\ud83d\ude80",
                "\u007f",
                "\u2028",
                "{",
                "}",
                "[",
                "]",
                ":",
                ","));
    Arbitrary<String> strings =
        characters.list().ofMaxSize(20).map(all -> "\"" + String.join("", all) + "\"");
    Arbitrary<String> words = Arbitraries.of("true", "false", "null", "{}", "[ ]", "\"\"");
    Arbitrary<String> leaves = Arbitraries.oneOf(numbers, strings, words);
    return Arbitraries.recursive(() -> leaves, this::around, 0, 4);
  }

  private Arbitrary<String> around(Arbitrary<String> inner) {
    Arbitrary<String> list =
        Combinators.combine(inner.list().ofMaxSize(3), blanks())
            .as((all, blank) -> "[" + blank + String.join(blank + ",", all) + "]");
    Arbitrary<String> object =
        Combinators.combine(inner.list().ofMaxSize(3), blanks())
            .as(Tuple::of)
            .map(both -> {
              List<String> all = both.get1();
              return IntStream.range(0, all.size())
                  .mapToObj(i -> "\"n" + i + "\"" + both.get2() + ":" + all.get(i))
                  .collect(Collectors.joining(",", "{", both.get2() + "}"));
            });
    return Arbitraries.oneOf(list, object);
  }
}

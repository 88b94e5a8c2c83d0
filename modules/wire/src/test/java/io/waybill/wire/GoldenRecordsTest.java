package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records as each version of Waybill wrote them, and its schemas, are read for ever. They stand in
 * {@code src/test/resources/golden/<version>}, one record a line, and are written once, by {@code
 * mvn -pl modules/wire -am test -Dtest=GoldenRecordsTest -Dgolden.write=<version>}, when a version
 * is tagged.
 */
class GoldenRecordsTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

  /** One kind of record, as one version has it. */
  record Version<T>(String name, GoldenKind<T> kind, Schema schema, List<byte[]> bodies) {
    @Override
    public String toString() {
      return name + " " + kind;
    }
  }

  @Test
  void writesThemWhenAskedTo() throws IOException {
    String version = System.getProperty("golden.write", "");
    assumeThat(version).as("asked for by golden.write").isNotEmpty();

    Path folder = Files.createDirectories(GOLDEN.resolve(version));
    for (GoldenKind<?> kind : GoldenKind.all()) {
      Files.writeString(
          folder.resolve(kind.name() + ".avsc"),
          new ObjectMapper().readTree(kind.schema().toString()).toPrettyString() + "\n");
      Files.write(
          folder.resolve(kind.name() + ".base64"),
          kind.bodies().stream().map(Base64.getEncoder()::encodeToString).toList());
    }
    assertThat(folder).isNotEmptyDirectory();
  }

  static Stream<Version<?>> versions() throws IOException {
    List<Version<?>> versions = new ArrayList<>();
    for (Path folder : folders()) {
      for (GoldenKind<?> kind : GoldenKind.all()) {
        if (Files.exists(folder.resolve(kind.name() + ".avsc"))) {
          versions.add(version(folder, kind));
        }
      }
    }
    return versions.stream();
  }

  private static <T> Version<T> version(Path folder, GoldenKind<T> kind) throws IOException {
    return new Version<>(
        folder.getFileName().toString(),
        kind,
        new Schema.Parser().parse(Files.readString(folder.resolve(kind.name() + ".avsc"))),
        Files.readAllLines(folder.resolve(kind.name() + ".base64")).stream()
            .map(Base64.getDecoder()::decode)
            .toList());
  }

  private static List<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(GOLDEN)) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  <T> void areReadAsWhatTheyMeant(Version<T> version) throws UndecodableException {
    for (int i = 0; i < version.bodies().size(); i++) {
      assertThat(version.kind().decode(version.schema(), version.bodies().get(i)))
          .as("line %d of %s", i + 1, version)
          .isEqualTo(version.kind().values().get(i));
    }
    assertThat(version.bodies()).isNotEmpty();
  }

  /** A reader that was not upgraded yet, and one that was rolled back. */
  @ParameterizedTest
  @MethodSource("versions")
  void anEarlierReaderReadsWhatIsWrittenToday(Version<?> version) throws IOException {
    var reader = new GenericDatumReader<GenericRecord>(version.kind().schema(), version.schema());
    for (byte[] body : version.kind().bodies()) {
      GenericRecord read = reader.read(null, DecoderFactory.get().binaryDecoder(body, null));
      assertThat(read.getSchema()).isEqualTo(version.schema());
    }
  }

  /** What a registry calls full transitive, between all versions and today's. */
  @Test
  void allSchemasAreCompatibleWithEachOther() throws IOException {
    for (GoldenKind<?> kind : GoldenKind.all()) {
      List<Schema> schemas =
          Stream.concat(
                  Stream.of(kind.schema()),
                  versions()
                      .filter(version -> version.kind().name().equals(kind.name()))
                      .map(Version::schema))
              .toList();
      for (Schema reader : schemas) {
        for (Schema writer : schemas) {
          assertThat(
                  SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                      .getResult()
                      .getIncompatibilities())
              .as("%s, of which some version reads what another writes", kind)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void everyVersionHasEveryKindThatItsFirstOneHad() throws IOException {
    assertThat(folders()).isNotEmpty();
    Set<String> before = Set.of();
    for (Path folder : folders()) {
      Set<String> kinds;
      try (Stream<Path> files = Files.list(folder)) {
        kinds =
            files
                .map(file -> file.getFileName().toString())
                .filter(file -> file.endsWith(".avsc"))
                .collect(Collectors.toCollection(TreeSet::new));
      }
      assertThat(kinds).as("in %s", folder.getFileName()).containsAll(before);
      before = kinds;
    }
    assertThat(before)
        .as("every kind has golden records")
        .containsAll(GoldenKind.all().stream().map(kind -> kind.name() + ".avsc").toList());
  }

  /** A field of which no sample makes use would not be missed. */
  @Test
  void theSamplesUseEveryField() throws IOException {
    Set<String> used = new TreeSet<>();
    Set<String> all = new TreeSet<>();
    for (GoldenKind<?> kind : GoldenKind.all()) {
      AvroFields.all(kind.schema(), all);
      var reader = new GenericDatumReader<GenericRecord>(kind.schema());
      for (byte[] body : kind.bodies()) {
        AvroFields.used(reader.read(null, DecoderFactory.get().binaryDecoder(body, null)), used);
      }
    }
    assertThat(used).isEqualTo(all);
  }

  /** Those that stand inside of others are read with them. */
  @Test
  void everySchemaOfTheRepositoryIsPartOfAKind() throws IOException {
    Set<String> covered = new TreeSet<>();
    for (GoldenKind<?> kind : GoldenKind.all()) {
      AvroFields.all(kind.schema(), covered);
    }
    Set<String> records =
        covered.stream().map(field -> field.replaceAll("\\..*", "")).collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(Path.of("..", "..", "schemas"))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".avsc", "")).toList())
          .isSubsetOf(records)
          .hasSizeGreaterThan(40);
    }
  }
}

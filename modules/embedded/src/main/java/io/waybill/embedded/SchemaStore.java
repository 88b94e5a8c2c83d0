package io.waybill.embedded;

import io.waybill.embedded.RegistryState.Version;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's rules. Readers see the newest saved state without waiting; writers go one at a
 * time, and what they changed is on disk before anyone sees it. Refusals are thrown as {@link
 * RegistryRefusal}.
 */
final class SchemaStore {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaStore.class);

  private final RegistryFile file;
  private final ReentrantLock writing = new ReentrantLock();
  private volatile RegistryState state;

  /** Loads what the file holds. */
  SchemaStore(RegistryFile file) {
    this.file = file;
    this.state = file.load();
  }

  RegistryState state() {
    return state;
  }

  /** Parsed, with defaults checked; the canonical text is its {@code toString()}. */
  static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw RegistryRefusal.invalidSchema("Invalid Avro schema: " + e.getMessage());
    }
  }

  /** Registers, or finds it registered; answers the id. */
  int register(String subject, Schema schema) {
    String canonical = schema.toString();
    RegistryState after =
        change(before -> {
          if (before.versionOf(subject, canonical).isPresent()) {
            return before;
          }
          List<String> problems =
              before.levelOf(subject).problems(schema, schemas(before, subject));
          if (!problems.isEmpty()) {
            throw RegistryRefusal.incompatible(subject, String.join("; ", problems));
          }
          return before.plus(subject, canonical);
        });
    return after.idOf(canonical).orElseThrow();
  }

  /** Where the schema stands in the subject. */
  Version lookUp(String subject, Schema schema) {
    RegistryState now = state;
    requireSubject(now, subject);
    return now.versionOf(subject, schema.toString())
        .orElseThrow(() -> RegistryRefusal.schemaNotFound("in subject '" + subject + "'"));
  }

  List<Version> versions(String subject) {
    return requireSubject(state, subject);
  }

  /** A version by number, or {@code latest}. */
  Version version(String subject, String asked) {
    List<Version> versions = requireSubject(state, subject);
    if (isLatest(asked)) {
      return versions.getLast();
    }
    int number = number(asked);
    return versions.stream()
        .filter(version -> version.number() == number)
        .findFirst()
        .orElseThrow(() -> RegistryRefusal.versionNotFound(number));
  }

  String schema(int id) {
    return Optional.ofNullable(state.schemas().get(id))
        .orElseThrow(() -> RegistryRefusal.schemaNotFound(Integer.toString(id)));
  }

  /**
   * What keeps the schema from following that version by the subject's level. A subject without
   * versions accepts anything as its latest.
   */
  List<String> problemsWithVersion(String subject, String asked, Schema schema) {
    RegistryState now = state;
    if (isLatest(asked) && now.versions(subject).isEmpty()) {
      return List.of();
    }
    Schema old = parse(schema(version(subject, asked).id()));
    return now.levelOf(subject).problems(schema, List.of(old));
  }

  /** What keeps the schema from being registered. */
  List<String> problems(String subject, Schema schema) {
    RegistryState now = state;
    return now.levelOf(subject).problems(schema, schemas(now, subject));
  }

  /** Removes the subject and answers the numbers of its versions. */
  List<Integer> delete(String subject) {
    List<Version> versions = requireSubject(state, subject);
    change(before -> before.minus(subject));
    return versions.stream().map(Version::number).toList();
  }

  void level(CompatibilityLevel level) {
    change(before -> before.withLevel(level));
  }

  void level(String subject, CompatibilityLevel level) {
    change(before -> before.withLevel(subject, level));
  }

  /** Back to the general level; answers the subject's own one. */
  CompatibilityLevel clearLevel(String subject) {
    CompatibilityLevel level = ownLevel(subject);
    change(before -> before.withoutLevel(subject));
    return level;
  }

  CompatibilityLevel ownLevel(String subject) {
    return Optional.ofNullable(state.levels().get(subject))
        .orElseThrow(() -> RegistryRefusal.levelNotSet(subject));
  }

  private RegistryState change(UnaryOperator<RegistryState> change) {
    writing.lock();
    try {
      RegistryState before = state;
      RegistryState after = change.apply(before);
      if (!after.equals(before)) {
        file.save(after);
        state = after;
      }
      return after;
    } catch (UncheckedIOException e) {
      // Nothing has changed for anyone; the client may try again.
      LOG.atError().setCause(e).log("schema registry cannot save");
      throw RegistryRefusal.storeFailed("The registry cannot save: " + e.getMessage());
    } finally {
      writing.unlock();
    }
  }

  private static List<Schema> schemas(RegistryState state, String subject) {
    return state.versions(subject).stream()
        .map(version -> {
          String text = state.schemas().get(version.id());
          if (text == null) {
            throw RegistryRefusal.storeFailed("schema " + version.id() + " is lost");
          }
          return parse(text);
        })
        .toList();
  }

  private static List<Version> requireSubject(RegistryState state, String subject) {
    List<Version> versions = state.versions(subject);
    if (versions.isEmpty()) {
      throw RegistryRefusal.subjectNotFound(subject);
    }
    return versions;
  }

  private static boolean isLatest(String asked) {
    return asked.equals("latest") || asked.equals("-1");
  }

  private static int number(String asked) {
    try {
      int number = Integer.parseInt(asked);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, like 0.
    }
    throw RegistryRefusal.invalidVersion(asked);
  }
}

package io.waybill.embedded;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that the registry knows, at one moment.
 *
 * @param lastId the highest id ever given; an id is never given again, even after a deletion,
 *     because records that name it may still be read
 * @param schemas canonical text by id
 * @param subjects each subject's versions, oldest first
 * @param levels compatibility by subject, where it differs from the general one
 */
record RegistryState(
    int lastId,
    SortedMap<Integer, String> schemas,
    SortedMap<String, List<Version>> subjects,
    CompatibilityLevel level,
    SortedMap<String, CompatibilityLevel> levels) {

  /** One version of a subject. */
  record Version(int number, int id) {}

  RegistryState {
    schemas = Collections.unmodifiableSortedMap(new TreeMap<>(schemas));
    subjects = Collections.unmodifiableSortedMap(new TreeMap<>(subjects));
    levels = Collections.unmodifiableSortedMap(new TreeMap<>(levels));
  }

  static RegistryState empty() {
    return new RegistryState(
        0, new TreeMap<>(), new TreeMap<>(), CompatibilityLevel.FULL_TRANSITIVE, new TreeMap<>());
  }

  Optional<Integer> idOf(String canonical) {
    return schemas.entrySet().stream()
        .filter(schema -> schema.getValue().equals(canonical))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  List<Version> versions(String subject) {
    return subjects.getOrDefault(subject, List.of());
  }

  Optional<Version> versionOf(String subject, String canonical) {
    return versions(subject).stream()
        .filter(version -> canonical.equals(schemas.get(version.id())))
        .findFirst();
  }

  CompatibilityLevel levelOf(String subject) {
    return levels.getOrDefault(subject, level);
  }

  /** With the schema as the subject's newest version, under the id it has or a new one. */
  RegistryState plus(String subject, String canonical) {
    int id = idOf(canonical).orElse(lastId + 1);
    SortedMap<Integer, String> moreSchemas = new TreeMap<>(schemas);
    moreSchemas.put(id, canonical);
    List<Version> versions = new ArrayList<>(versions(subject));
    int number = versions.isEmpty() ? 1 : versions.getLast().number() + 1;
    versions.add(new Version(number, id));
    SortedMap<String, List<Version>> moreSubjects = new TreeMap<>(subjects);
    moreSubjects.put(subject, List.copyOf(versions));
    return new RegistryState(Math.max(lastId, id), moreSchemas, moreSubjects, level, levels);
  }

  /** Without the subject; its schemas stay readable by id. */
  RegistryState minus(String subject) {
    SortedMap<String, List<Version>> fewer = new TreeMap<>(subjects);
    fewer.remove(subject);
    return new RegistryState(lastId, schemas, fewer, level, levels);
  }

  RegistryState withLevel(CompatibilityLevel changed) {
    return new RegistryState(lastId, schemas, subjects, changed, levels);
  }

  RegistryState withLevel(String subject, CompatibilityLevel changed) {
    SortedMap<String, CompatibilityLevel> more = new TreeMap<>(levels);
    more.put(subject, changed);
    return new RegistryState(lastId, schemas, subjects, level, more);
  }

  RegistryState withoutLevel(String subject) {
    SortedMap<String, CompatibilityLevel> fewer = new TreeMap<>(levels);
    fewer.remove(subject);
    return new RegistryState(lastId, schemas, subjects, level, fewer);
  }
}

import Evaluation
import Foundation
import TestSupport
import Testing

/// Data sets as people have them, and broken ones.
struct DataSetTests {
  @Test func foldersAreClasses() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    }
    try folder.write([], to: "b/2.PNG")
    try folder.write([], to: "b/10.jpg")
    try folder.write([], to: "a/x.jpeg")
    try folder.write([], to: "a/notes.txt")
    let set = try DataSet(folder.path)
    #expect(set.items.map(\.file) == ["a/x.jpeg", "b/10.jpg", "b/2.PNG"])
    #expect(set.items.map { $0.labels.map(\.className) } == [["a"], ["b"], ["b"]])
    #expect(set.classNames == ["a", "b"])
    #expect(try DataSet(folder.file("b")).items.allSatisfy(\.labels.isEmpty))
    try folder.write([], to: "loose.png")
    #expect(throws: EvaluationError.self) { try DataSet(folder.path) }
  }

  @Test func tablesHaveQuotesAndBoxes() throws {
    let folder = try TemporaryFolder()
    let text =
      "\u{feff}file,class,boxes\r\n\"a,\"\"1\"\".png\",cat,1 2 3 4;5 6 7 8\r\nb.png,dog,\r\n\"a,\"\"1\"\".png\",dog,0 0 9 9\n"
    let set = try DataSet(folder.write(Array(text.utf8), to: "set.csv"))
    #expect(set.items.map(\.file) == ["a,\"1\".png", "b.png"])
    #expect(set.items[0].path == folder.file("a,\"1\".png"))
    #expect(set.items[0].labels.map(\.className) == ["cat", "dog"])
    // Inclusive pixels become edges.
    #expect(
      set.items[0].labels[0].boxes == [
        PixelBox(left: 1, top: 2, right: 4, bottom: 5), PixelBox(left: 5, top: 6, right: 8, bottom: 9),
      ])
    #expect(set.items[1].labels == [DataSet.Label(className: "dog")])
  }

  @Test(arguments: [
    "", "name\nx\n", "file,class\na.png\n", "file,boxes\na.png,1 2 3\n", "file,class,boxes\na.png,cat,4 2 3 9\n",
    "file,boxes\na.png,1 2 3 4\n", "file\n\"a.png\n", "file\n",
  ])
  func brokenTablesAreRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "set.csv")
    let error = #expect(throws: EvaluationError.self) { try DataSet(path) }
    #expect(error?.kind == .malformed)
  }

  @Test func cocoBoxesAreGroupedByPictureAndCategory() throws {
    let folder = try TemporaryFolder()
    let text = """
      {"images": [{"id": 9, "file_name": "z.jpg", "width": 5, "height": 5}, {"id": 2, "file_name": "y.jpg"}],
       "annotations": [
         {"image_id": 9, "category_id": 1, "bbox": [1, 2, 3.5, 4], "iscrowd": 0},
         {"image_id": 9, "category_id": 7, "bbox": [0, 0, 1, 1]},
         {"image_id": 9, "category_id": 1, "bbox": [5, 5, 2, 2]},
         {"image_id": 2, "category_id": 1, "bbox": [0, 0, 9, 9], "iscrowd": 1}],
       "categories": [{"id": 1, "name": "cat"}, {"id": 7, "name": "dog"}]}
      """
    let set = try DataSet(folder.write(Array(text.utf8), to: "instances.json"), images: "/pictures")
    #expect(set.items.map(\.path) == ["/pictures/y.jpg", "/pictures/z.jpg"])
    #expect(set.items[0].labels.isEmpty)
    #expect(
      set.items[1].labels == [
        DataSet.Label(
          className: "cat",
          boxes: [
            PixelBox(left: 1, top: 2, right: 4.5, bottom: 6), PixelBox(left: 5, top: 5, right: 7, bottom: 7),
          ]),
        DataSet.Label(className: "dog", boxes: [PixelBox(left: 0, top: 0, right: 1, bottom: 1)]),
      ])
    let labelled = try EvaluationJob.units(of: set, .label)
    #expect(labelled.map { $0.label?.className } == ["cat", "dog"])
    #expect(try EvaluationJob.units(of: set, .predicted).count == 2)
  }

  @Test(arguments: [
    "{}", "[]", "{\"images\": [], \"annotations\": [], \"categories\": []}",
    #"{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 2, "category_id": 1, "bbox": [0, 0, 1, 1]}], "categories": [{"id": 1, "name": "c"}]}"#,
    #"{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1]}], "categories": [{"id": 1, "name": "c"}]}"#,
    #"{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], "annotations": [], "categories": []}"#,
  ])
  func brokenAnnotationsAreRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "set.json")
    let error = #expect(throws: EvaluationError.self) { try DataSet(path) }
    #expect(error?.kind == .malformed)
  }

  @Test func shardsPartTheRecords() throws {
    for count in [1, 2, 7] {
      let shards = try (1...count).map { try Shard("\($0)/\(count)") }
      for index in 0..<20 { #expect(shards.count { $0.contains(index) } == 1) }
    }
  }
}
